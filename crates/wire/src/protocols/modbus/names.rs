//! Names of the specification (MODBUS Application Protocol Specification V1.1b3), and the words of `sentinel explain`.
//!
//! Names of the violations that this decoder raises:
//! - `bad_length`: the length field is below 2 or above what a message may have, or the PDU is too short or too long for its function.
//! - `bad_crc`: a serial frame does not end with the checksum of its bytes where its function has it end.
//! - `bad_protocol_id`: the protocol identifier of the MBAP header is not 0.
//! - `bad_function_code`: function code 0, or a request with the exception bit.
//! - `unassigned_function_code`: a function code that is public but not given out (§5.1), nor in use by older products (annex A).
//! - `quantity_out_of_range`: a quantity of 0, or more than the function may ask or write (§6.1 to §6.17).
//! - `address_out_of_range`: address and quantity together pass 65,535.
//! - `byte_count_mismatch`: the byte count is not that of the bytes that follow, or not that of the quantity.
//! - `bad_coil_value`: Write Single Coil with neither FF00 (on) nor 0000 (off).
//! - `bad_exception_code`: an exception code that no version of the specification has: 0, or above 11.
//! - `bad_reference_type`: a file record whose reference type is not 6.
//! - `truncated_objects`: a device identification that announces more objects, or longer ones, than it holds.
//! - `answer_shorter_than_asked`, `answer_longer_than_asked`: an answer with fewer or more values than the request asked for.
//! - `echo_mismatch`: an answer that repeats another address, value, subfunction, MEI type or other data than the request's.

use crate::protocols::Class;

/// Name and class of a public function code (§5, table of public function codes).
pub(super) fn public(function: u8) -> Option<(&'static str, Class)> {
    Some(match function {
        1 => ("Read Coils", Class::Read),
        2 => ("Read Discrete Inputs", Class::Read),
        3 => ("Read Holding Registers", Class::Read),
        4 => ("Read Input Registers", Class::Read),
        5 => ("Write Single Coil", Class::Write),
        6 => ("Write Single Register", Class::Write),
        7 => ("Read Exception Status", Class::Diagnose),
        8 => ("Diagnostics", Class::Diagnose),
        11 => ("Get Comm Event Counter", Class::Diagnose),
        12 => ("Get Comm Event Log", Class::Diagnose),
        15 => ("Write Multiple Coils", Class::Write),
        16 => ("Write Multiple Registers", Class::Write),
        17 => ("Report Server ID", Class::Discover),
        20 => ("Read File Record", Class::Read),
        21 => ("Write File Record", Class::Write),
        22 => ("Mask Write Register", Class::Write),
        23 => ("Read/Write Multiple Registers", Class::Write),
        24 => ("Read FIFO Queue", Class::Read),
        43 => ("Encapsulated Interface Transport", Class::Other),
        90 => ("UMAS", Class::Other),
        _ => return None,
    })
}

/// Whether a function code has a meaning to somebody: public (§5.1), user-defined (§5.2: 65-72, 100-110), or of older
/// products (annex A). The rest is reserved for future use.
pub(super) fn is_assigned(code: u8) -> bool {
    public(code).is_some() || is_user_defined(code) || is_legacy(code)
}

/// §5.2.
fn is_user_defined(code: u8) -> bool {
    matches!(code, 65..=72 | 100..=110)
}

/// Annex A: codes in use by older products, not for public use.
fn is_legacy(code: u8) -> bool {
    matches!(code, 9 | 10 | 13 | 14 | 41 | 42 | 91 | 125..=127)
}

/// `modbus.function`: the name of any function code.
pub(super) fn function(code: u8) -> String {
    match public(code) {
        Some((name, _)) => name.to_owned(),
        None if is_user_defined(code) => format!("User-Defined Function {code}"),
        None if is_legacy(code) => format!("Reserved Function {code}"),
        None => format!("Function {code}"),
    }
}

/// §6.8: subfunctions of Diagnostics.
pub(super) fn subfunction(code: u16) -> Option<&'static str> {
    Some(match code {
        0 => "Return Query Data",
        1 => "Restart Communications Option",
        2 => "Return Diagnostic Register",
        3 => "Change ASCII Input Delimiter",
        4 => "Force Listen Only Mode",
        10 => "Clear Counters and Diagnostic Register",
        11 => "Return Bus Message Count",
        12 => "Return Bus Communication Error Count",
        13 => "Return Bus Exception Error Count",
        14 => "Return Server Message Count",
        15 => "Return Server No Response Count",
        16 => "Return Server NAK Count",
        17 => "Return Server Busy Count",
        18 => "Return Bus Character Overrun Count",
        20 => "Clear Overrun Counter and Flag",
        _ => return None,
    })
}

/// §7: exception codes; 7 is of earlier versions.
pub(super) fn exception(code: u8) -> Option<&'static str> {
    Some(match code {
        1 => "Illegal Function",
        2 => "Illegal Data Address",
        3 => "Illegal Data Value",
        4 => "Server Device Failure",
        5 => "Acknowledge",
        6 => "Server Device Busy",
        7 => "Negative Acknowledge",
        8 => "Memory Parity Error",
        10 => "Gateway Path Unavailable",
        11 => "Gateway Target Device Failed To Respond",
        _ => return None,
    })
}

/// Whether an exception code is of the range that the specification gives out; 9 has no name.
pub(super) fn is_exception(code: u8) -> bool {
    (1..=11).contains(&code)
}

/// `modbus.table` of a function code.
pub(super) fn table(function: u8) -> Option<&'static str> {
    Some(match function {
        1 | 5 | 15 => "coil",
        2 => "discrete_input",
        4 => "input_register",
        3 | 6 | 16 | 22 | 23 | 24 => "holding_register",
        20 | 21 => "file_record",
        _ => return None,
    })
}

/// Words for people who never saw a controller.
pub(super) static WORDS: &[(&str, &str)] = &[
    ("Modbus", "A simple protocol by which a computer reads values from a controller and writes them. It has no password: whoever reaches the controller may write."),
    ("coil", "One bit in a controller that can be read and written, often an output: a pump, a valve, a lamp that is on or off."),
    ("discrete input", "One bit in a controller that can only be read: a switch, a float, a limit contact."),
    ("holding register", "A number (0 to 65535) in a controller that can be read and written: a setpoint, a counter, a mode."),
    ("input register", "A number (0 to 65535) in a controller that can only be read: usually a measured value."),
    ("file record", "A block of a controller's memory that is read or written as a whole, for logs or recipes."),
    ("unit", "A number that names one device behind an address. A gateway passes each request on to the device with that number."),
    ("RTU", "The form that Modbus has on a serial line: no transaction number, and a checksum at the end. Terminal servers carry it inside TCP unchanged."),
    ("terminal server", "A box that makes a serial line reachable over the network: what comes in on its TCP port goes out on the wire to the devices."),
    ("broadcast", "A command on a serial line to all devices at once (unit 0). All of them obey, and none of them answers."),
    ("bad CRC", "A message whose checksum is wrong: damaged on a serial line, or not made by a device at all. It is not read."),
    ("Modbus/TLS", "Modbus inside an encrypted connection (port 802). Who talks to whom is seen, what is said is not."),
    ("gateway", "A box with one network address and several older devices behind it, each with its own unit number."),
    ("function code", "The number in a request that says what is asked: 3 reads holding registers, 5 writes one coil."),
    ("exception", "A refusal: the controller answered, but did not do what was asked, and says why with a code."),
    ("illegal function", "The controller does not know this kind of command. Many of these in a row mean that somebody is trying commands out."),
    ("illegal data address", "The controller has nothing at the address asked for. Many of these in a row mean that somebody is looking for what exists."),
    ("illegal data value", "The controller refused the value or the quantity."),
    ("server device failure", "The controller tried and failed."),
    ("acknowledge", "Not a refusal as such: the controller accepted the command but needs long for it, and must be asked later whether it is done."),
    ("negative acknowledge", "The controller cannot carry out a command to program it. Only older ones answer so."),
    ("memory parity error", "The controller found its own memory damaged when it read a file record."),
    ("server device busy", "The controller is doing something long, such as storing a program, and wants to be asked later."),
    ("gateway path unavailable", "The gateway cannot reach the line on which the device is."),
    ("gateway target device failed to respond", "The gateway asked the device behind it and got no answer: it may be off."),
    ("force listen only", "A diagnostic command that silences a device: it hears but neither answers nor acts until it is restarted."),
    ("restart communications", "A diagnostic command that restarts a device's communication; for a moment it answers nobody."),
    ("device identification", "A request by which a device tells its maker, model and firmware version."),
    ("UMAS", "Schneider's own commands inside Modbus function 90: start, stop, load and read programs of their controllers. Older ones ask for no password."),
    ("reservation", "A controller's promise to take commands from one engineering computer only, until it gives the reservation back or falls silent. Who holds it can change the program."),
    ("session key", "A number that the controller gives out with a reservation; each later command repeats it. It is one byte, so it can be guessed."),
    ("upload", "In UMAS, seen from the controller: a program goes into it."),
    ("download", "In UMAS, seen from the controller: the program in it is read out, by an engineer's backup or by a thief of what it does."),
    ("data dictionary", "The list of variables in a controller with their names, for those who read by name."),
    ("memory block", "A part of a controller's memory with a number: its settings, its program, its variables."),
    ("SunSpec", "A way in which solar inverters, meters and batteries describe their own Modbus registers, so that every program can read them. Who can read them can usually also lower the power or disconnect the device."),
    ("scale factor", "A register that says by which power of ten other registers count: 2301 with a scale factor of -1 is 230.1."),
    ("MBAP", "The seven bytes in front of each Modbus message on a network: transaction id, protocol, length, unit."),
    ("MEI type", "The number in function 43 that says which other protocol is carried in it: 14 is device identification, 13 is CANopen."),
    ("transaction id", "A number in each request that the answer repeats, so that the two can be matched."),
    ("mask write", "A write that changes only some bits of a register."),
    ("FIFO queue", "A list of values that a controller keeps in order, read as a whole."),
];
