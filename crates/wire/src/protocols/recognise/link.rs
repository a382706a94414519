//! Applications without a TCP or UDP port: named by EtherType, LLC address or IP protocol number.
//!
//! Numbers: IEEE RA EtherType list, IEEE 802.2 SAPs, IANA protocol numbers. They are assigned, so they are proof.

use super::peek::{be16, byte, rest, slice};
use super::table::*;
use super::Signature;

/// The application of an Ethernet frame; `payload` begins after the EtherType. IP is `None`: ask its own layer.
pub fn of_ethertype(ethertype: u16, payload: &[u8]) -> Option<&'static Signature> {
    Some(match ethertype {
        0x0806 => &ARP,
        0x0842 => &WAKE_ON_LAN,
        0x8035 => &RARP,
        0x80e1 => &DLR,
        0x8137 => &IPX,
        // IEEE 802.3 annex 57A: subtype 1 and 2 are link aggregation and its marker.
        0x8809 if matches!(byte(payload, 0), Some(1 | 2)) => &LACP,
        0x8809 => &SLOW,
        0x8847 | 0x8848 => &MPLS,
        0x8863 | 0x8864 => &PPPOE,
        0x888e => &EAPOL,
        // IEC 61158-6-10: the frame id tells discovery (Hello, Get/Set, Identify request and response) from the rest.
        0x8892 if matches!(be16(payload, 0), Some(0xfefc..=0xfeff)) => &PROFINET_DCP,
        0x8892 => &PROFINET_RT,
        0x88a4 => &ETHERCAT,
        0x88ab => &POWERLINK,
        0x88b8 => &GOOSE,
        0x88b9 => &GSE_MANAGEMENT,
        0x88ba => &SAMPLED_VALUES,
        0x88cc => &LLDP,
        0x88cd => &SERCOS,
        0x88e3 => &MRP,
        0x88e5 => &MACSEC,
        0x88f5 => &MVRP,
        0x88f6 => &MMRP,
        0x88f7 => &PTP,
        0x88fb | 0x892f => &PRP,
        0x8902 => &CFM,
        0x9000 => &LOOPBACK,
        _ => return None,
    })
}

/// The application of an 802.3 frame with a length; `payload` begins with the LLC header.
pub fn of_llc(payload: &[u8]) -> Option<&'static Signature> {
    match slice(payload, 0, 3)? {
        // IEEE 802.1D, 9.3: unnumbered information from and to the bridge group, protocol identifier 0.
        [0x42, 0x42, 0x03] if be16(payload, 3) == Some(0) => Some(&STP),
        // ASHRAE 135, clause 7: unnumbered information between BACnet's addresses, network protocol version 1.
        [0x82, 0x82, 0x03] if byte(payload, 3) == Some(1) => Some(&BACNET),
        [0xfe, 0xfe, 0x03] if byte(payload, 3) == Some(0x83) => Some(&ISIS),
        [0xe0, 0xe0, 0x03] | [0xff, 0xff, _] => Some(&IPX),
        [0xf0, 0xf0 | 0xf1, _] => Some(&NETBEUI),
        [0xaa, 0xaa, 0x03] => of_snap(slice(payload, 3, 3)?, be16(payload, 6)?, rest(payload, 8)),
        _ => None,
    }
}

fn of_snap(organisation: &[u8], kind: u16, payload: &[u8]) -> Option<&'static Signature> {
    match (organisation, kind) {
        ([0x00, 0x00, 0x00], ethertype) => of_ethertype(ethertype, payload),
        // Cisco.
        ([0x00, 0x00, 0x0c], 0x2000) => Some(&CDP),
        ([0x00, 0x00, 0x0c], 0x2003) => Some(&VTP),
        ([0x00, 0x00, 0x0c], 0x2004) => Some(&DTP),
        ([0x00, 0x00, 0x0c], 0x0111) => Some(&UDLD),
        ([0x00, 0x00, 0x0c], 0x010b) => Some(&STP),
        _ => None,
    }
}

/// The application of a tunnel that the packet names itself, by what `network::tunnel` calls it.
pub fn of_tunnel(name: &str) -> Option<&'static Signature> {
    Some(match name.split(' ').next()? {
        "ERSPAN" => &ERSPAN,
        "PPTP" => &PPTP,
        "VXLAN" | "VXLAN-GPE" => &VXLAN,
        "GENEVE" => &GENEVE,
        "GTP-U" => &GTP_U,
        _ => return None,
    })
}

/// The application of an IP packet that is neither TCP nor UDP.
pub fn of_ip_protocol(protocol: u8) -> Option<&'static Signature> {
    Some(match protocol {
        1 => &ICMP,
        2 => &IGMP,
        4 | 41 => &IP_IN_IP,
        47 => &GRE,
        97 => &ETHERIP,
        135 => &MOBILITY,
        137 => &MPLS,
        50 => &ESP,
        51 => &AH,
        58 => &ICMPV6,
        88 => &EIGRP,
        89 => &OSPF,
        103 => &PIM,
        112 => &VRRP,
        115 => &L2TP,
        132 => &SCTP,
        _ => return None,
    })
}
