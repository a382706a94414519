use super::*;

fn frame(link: u32, bytes: &[u8]) -> Frame<'_> {
    read(link, bytes, &Limits::default())
}

#[test]
fn ethernet_with_two_tags_and_a_priority_tag() {
    let mut bytes = vec![0x00, 0x80, 0xF4, 1, 2, 3, 0x00, 0x14, 0x22, 4, 5, 6];
    // 802.1ad tag 20, priority tag (identifier 0), 802.1Q tag 10, then IPv4
    bytes.extend([0x88, 0xA8, 0x00, 20, 0x81, 0x00, 0xE0, 0x00, 0x81, 0x00, 0x00, 10, 0x08, 0x00, 0x45]);
    let read = frame(1, &bytes);
    assert_eq!(read.vlans.as_slice(), [20, 10]);
    assert_eq!(read.payload, Payload::Ip(&[0x45]));
    assert_eq!(read.source_mac.map(|mac| mac.to_string()), Some("00-14-22-04-05-06".to_owned()));
}

#[test]
fn length_field_cuts_padding() {
    let mut bytes = vec![0; 12];
    bytes.extend([0, 3, 0x42, 0x42, 0x03, 0, 0, 0]);
    assert_eq!(frame(1, &bytes).payload, Payload::Llc { bytes: &[0x42, 0x42, 0x03] });
}

#[test]
fn loopback_families_of_every_system() {
    for head in [[2, 0, 0, 0], [0, 0, 0, 2], [24, 0, 0, 0], [0, 0, 0, 30], [23, 0, 0, 0], [28, 0, 0, 0]] {
        for link in [0, 108] {
            let bytes = [&head[..], &[0x60]].concat();
            assert_eq!(frame(link, &bytes).payload, Payload::Ip(&[0x60]), "{head:?}");
        }
    }
    assert!(matches!(frame(0, &[9, 9, 9, 9, 0x10]).payload, Payload::Unread(_)));
}

#[test]
fn cooked_frames() {
    let mut bytes = vec![0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00, 0x45];
    assert_eq!(frame(113, &bytes).payload, Payload::Ip(&[0x45]));
    bytes = vec![0x86, 0xDD, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0, 0x60];
    let read = frame(276, &bytes);
    assert_eq!(read.payload, Payload::Ip(&[0x60]));
    assert_eq!(read.source_mac, Some(Mac([2, 0, 0, 0, 0, 9])));
}

#[test]
fn cooked_frames_that_are_not_of_ethernet() {
    // loopback device (772), address of six zeros, IPv4
    let bytes = [0, 0, 0x03, 0x04, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45];
    assert_eq!((frame(113, &bytes).source_mac, frame(113, &bytes).payload), (None, Payload::Ip(&[0x45])));
    // Netlink device (824): the protocol is no Ethernet type
    let bytes = [0, 0, 0x03, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45];
    assert_eq!(frame(113, &bytes).payload, Payload::Unread("Netlink message"));
    // 802.2: the protocol is 4
    let bytes = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0x42, 0x42, 0x03];
    assert_eq!(frame(113, &bytes).payload, Payload::Llc { bytes: &[0x42, 0x42, 0x03] });
    // VLAN tag 7 after the cooked header
    let bytes = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0x00, 0, 7, 0x08, 0x00, 0x45];
    assert_eq!((frame(113, &bytes).vlans.as_slice(), frame(113, &bytes).payload), (&[7][..], Payload::Ip(&[0x45])));
}

#[test]
fn what_is_not_read_has_a_name() {
    for (link, bytes, name) in [
        (1, &[0; 13][..], "frame cut in its link header"),
        (1, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 0x00, 0][..], "frame cut in its VLAN tag"),
        (113, &[0; 15], "frame cut in its link header"),
        (276, &[0x08; 19], "frame cut in its link header"),
        (101, &[], "empty frame"),
        (239, &[], "frame cut in its link header"),
        (8, &[], "SLIP link (type 8)"),
        (65_535, &[], "link type that is not known"),
    ] {
        assert_eq!(frame(link, bytes).payload, Payload::Unread(name), "link {link}");
    }
    let tags = [[0; 12].as_slice(), &[0x81, 0x00, 0, 1].repeat(9), &[0x08, 0x00]].concat();
    assert_eq!(frame(1, &tags).payload, Payload::Unread("more VLAN tags than the limit"));
    // PPPoE session and MPLS are told by their Ethernet type
    for ethertype in [0x8864_u16, 0x8847] {
        let bytes = [[0; 12].as_slice(), &ethertype.to_be_bytes(), &[1]].concat();
        assert_eq!(frame(1, &bytes).payload, Payload::Other { ethertype, bytes: &[1] });
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(link in proptest::sample::select(vec![0_u32, 1, 12, 101, 108, 113, 228, 239, 276, 999]), bytes: Vec<u8>) {
        let _ = frame(link, &bytes);
    }
}
