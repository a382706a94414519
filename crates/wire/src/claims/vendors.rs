//! Makers by the numbers that organisations gave them: the well-known ones, as data. Others are shown as numbers.

/// Makers of EtherNet/IP devices (ODVA's list of vendor identifiers).
static ETHERNET_IP: &[(u16, &str)] = &[
    (1, "Rockwell Automation"),
    (3, "Honeywell"),
    (4, "Parker Hannifin"),
    (5, "Rockwell Automation"),
    (7, "SMC"),
    (8, "Molex"),
    (12, "Banner Engineering"),
    (26, "Festo"),
    (40, "WAGO"),
    (43, "Balluff"),
    (44, "Yaskawa"),
    (46, "ABB"),
    (47, "Omron"),
    (48, "Turck"),
    (57, "Pepperl+Fuchs"),
    (68, "Eaton"),
    (75, "ABB"),
    (77, "Rockwell Automation"),
    (90, "HMS"),
    (94, "Advantech"),
    (97, "Danfoss"),
    (100, "Bosch Rexroth"),
    (108, "Beckhoff"),
    (121, "KUKA"),
    (161, "Mitsubishi Electric"),
    (176, "Red Lion"),
    (243, "Schneider Electric"),
    (255, "Bosch Rexroth"),
    (256, "Turck"),
    (283, "Hilscher"),
    (309, "ProSoft"),
    (315, "SEW-Eurodrive"),
    (319, "Fuji Electric"),
    (322, "ifm"),
    (345, "Endress+Hauser"),
    (356, "Fanuc"),
    (367, "Keyence"),
    (445, "Lenze"),
    (562, "Phoenix Contact"),
    (591, "Fanuc"),
    (634, "Hirschmann"),
    (640, "Murrelektronik"),
    (678, "Cognex"),
    (680, "Weidmüller"),
    (722, "ABB"),
    (796, "Siemens"),
    (808, "SICK"),
    (939, "Cisco"),
    (991, "Moxa"),
    (1015, "Weidmüller"),
];

/// Makers of BACnet devices (ASHRAE's list of vendor identifiers).
static BACNET: &[(u16, &str)] = &[
    (2, "Trane"),
    (3, "Daikin"),
    (5, "Johnson Controls"),
    (7, "Siemens"),
    (8, "Delta Controls"),
    (9, "Siemens"),
    (10, "Schneider Electric"),
    (16, "Carrier"),
    (17, "Honeywell"),
    (18, "Alerton"),
    (24, "Automated Logic"),
    (28, "KMC Controls"),
    (35, "Reliable Controls"),
    (36, "Tridium"),
    (39, "Kieback & Peter"),
    (53, "Daikin"),
    (77, "Carel"),
    (80, "Sauter"),
    (89, "Saia-Burgess"),
    (127, "ABB"),
    (160, "Rockwell Automation"),
    (178, "Loytec"),
    (190, "Danfoss"),
    (222, "WAGO"),
    (226, "Phoenix Contact"),
    (245, "Contemporary Controls"),
    (260, "BACnet Stack at SourceForge"),
    (284, "Belimo"),
    (313, "Siemens"),
    (332, "Distech Controls"),
    (335, "Schneider Electric"),
    (364, "Distech Controls"),
    (415, "Beckhoff"),
    (423, "Belimo"),
    (1096, "Moxa"),
];

/// Makers of PROFINET devices (PROFIBUS & PROFINET International's list of vendor identifiers).
static PROFINET: &[(u16, &str)] = &[(0x002A, "Siemens"), (0x00B0, "Phoenix Contact")];

/// Makers by their number under 1.3.6.1.4.1 (IANA's list of private enterprise numbers).
static ENTERPRISES: &[(u64, &str)] = &[
    (9, "Cisco"),
    (11, "HP"),
    (248, "Hirschmann"),
    (318, "APC"),
    (674, "Dell"),
    (1916, "Extreme Networks"),
    (2636, "Juniper"),
    (3833, "Schneider Electric"),
    (4196, "Siemens"),
    (4329, "Siemens"),
    (4346, "Phoenix Contact"),
    (8691, "Moxa"),
    (12356, "Fortinet"),
    (14988, "MikroTik"),
    (15004, "RuggedCom"),
];

pub(super) fn ethernet_ip(number: u16) -> String {
    named(ETHERNET_IP, number)
}

pub(super) fn bacnet(number: u32) -> String {
    u16::try_from(number).map_or_else(|_| format!("vendor id {number}"), |number| named(BACNET, number))
}

pub(super) fn profinet(number: u16) -> String {
    named(PROFINET, number)
}

/// The maker of this number, if it is one of those that make devices; others give their numbers to software.
pub(super) fn enterprise(number: u64) -> Option<&'static str> {
    ENTERPRISES.iter().find(|(one, _)| *one == number).map(|(_, name)| *name)
}

fn named(list: &[(u16, &str)], number: u16) -> String {
    list.iter().find(|(one, _)| *one == number).map_or_else(|| format!("vendor id {number}"), |(_, name)| (*name).to_owned())
}
