//! Functions of UMAS by number. There is no public specification; names and meanings are those on which the public write-ups
//! agree:
//! - "The Unity (UMAS) protocol", parts I to IV, Liras en la red, 2017: the names of most functions and the direction of transfers.
//! - "The secrets of Schneider Electric's UMAS protocol", Kaspersky ICS CERT, 2022: reservation and status of the controller.
//! - The functions that the HITCON 2021 talk on Modicon controllers adds (0x05, 0x07, 0x21, 0x26 to 0x2A, 0x36, 0x37, 0x42, 0x43,
//!   0x51 to 0x53, 0x60 to 0x74).
//! - "From Pass-the-Hash to Code Execution on Schneider Electric M340 PLCs", Black Hat Europe 2024: 0x38, a signed message, and
//!   0x6E.
//!
//! Seen from the controller: "upload" brings a program into it, "download" takes it out.

use crate::protocols::Class;

/// Success in place of the function, in an answer.
pub(in super::super) const OK: u8 = 0xFE;
/// Refusal in place of the function, in an answer.
pub(in super::super) const ERROR: u8 = 0xFD;
/// A message that carries another with its signature.
pub(super) const SIGNED: u8 = 0x38;

/// Name of a function, and what it does to the controller.
pub(super) fn known(code: u8) -> Option<(&'static str, Class)> {
    Some(match code {
        0x01 => ("Init Comm", Class::Session),
        0x02 => ("Read ID", Class::Discover),
        0x03 => ("Read Project Info", Class::Discover),
        0x04 => ("Read PLC Info", Class::Discover),
        0x05 => ("Read Loader Info", Class::Discover),
        0x06 => ("Read Card Info", Class::Discover),
        0x07 => ("Read Block Info", Class::Discover),
        0x0A => ("Repeat", Class::Session),
        0x10 => ("Take PLC Reservation", Class::Session),
        0x11 => ("Release PLC Reservation", Class::Session),
        0x12 => ("Keep Alive", Class::Session),
        0x20 => ("Read Memory Block", Class::Read),
        0x21 => ("Write Memory Block", Class::Write),
        0x22 => ("Read Variables", Class::Read),
        0x23 => ("Write Variables", Class::Write),
        0x24 => ("Read Coils and Registers", Class::Read),
        0x25 => ("Write Coils and Registers", Class::Write),
        0x26 => ("Read Data Dictionary", Class::Discover),
        0x27 => ("Preload Data Dictionary", Class::Discover),
        0x28 => ("Read Physical Address", Class::Read),
        0x29 => ("Write Physical Address", Class::Write),
        0x2A => ("Browse Events", Class::Read),
        0x30 => ("Initialize Upload", Class::Program),
        0x31 => ("Upload Block", Class::Program),
        0x32 => ("End Strategy Upload", Class::Program),
        0x33 => ("Initialize Download", Class::Program),
        0x34 => ("Download Block", Class::Program),
        0x35 => ("End Strategy Download", Class::Program),
        0x36 => ("Backup or Restore", Class::Program),
        0x37 => ("Preload Blocks", Class::Program),
        0x38 => ("Signed Message", Class::Other),
        0x39 => ("Read Eth Master Data", Class::Read),
        0x40 => ("Start PLC", Class::Control),
        0x41 => ("Stop PLC", Class::Control),
        0x42 => ("Initialize PLC", Class::Control),
        0x43 => ("Swap", Class::Control),
        0x50 => ("Monitor PLC", Class::Read),
        0x51 => ("Get Auto Modifications", Class::Read),
        0x52 => ("Get Forced Bits", Class::Read),
        0x53 => ("Get Selected Blocks", Class::Read),
        0x58 => ("Check PLC", Class::Session),
        // A program that waits at a breakpoint no longer controls its process.
        0x60 => ("Set Breakpoint", Class::Control),
        0x61 => ("Delete Breakpoint", Class::Control),
        0x62 => ("Step Over", Class::Control),
        0x63 => ("Step In", Class::Control),
        0x64 => ("Step Out", Class::Control),
        0x65 => ("Get Call Stack", Class::Read),
        0x66 => ("Check Debug Allowed", Class::Discover),
        0x6C => ("Process Message", Class::Other),
        0x6D => ("Private Message", Class::Other),
        0x6E => ("Exchange Reservation Nonces", Class::Session),
        0x70 => ("Read IO Object", Class::Read),
        0x71 => ("Write IO Object", Class::Write),
        0x72 => ("Read Rack", Class::Discover),
        0x73 => ("Get Status Module", Class::Discover),
        0x74 => ("Read Device Data", Class::Read),
        _ => return None,
    })
}
