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
    assert_eq!(*read.vlans, [20, 10]);
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
    assert_eq!((&*frame(113, &bytes).vlans, frame(113, &bytes).payload), (&[7][..], Payload::Ip(&[0x45])));
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
}

/// An Ethernet frame of this type.
fn typed(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    [&[0; 12], &ethertype.to_be_bytes()[..], payload].concat()
}

/// An IPv4 header whose checksum is right.
const IP: [u8; 20] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 6, 0x66, 0xE0, 10, 0, 0, 1, 10, 0, 0, 4];

#[test]
fn snap_holds_an_ethernet_type() {
    let snap = [&[0xAA, 0xAA, 3, 0, 0, 0, 8, 0][..], &IP].concat();
    let bytes = typed(28, &[&snap[..], &[0; 6]].concat());
    assert_eq!(frame(1, &bytes).payload, Payload::Ip(&IP), "padding is cut by the length");
    // a bridge tunnel, ARP
    let bytes = typed(9, &[0xAA, 0xAA, 3, 0, 0, 0xF8, 8, 6, 1]);
    assert_eq!(frame(1, &bytes).payload, Payload::Arp(&[1]));
    // another organisation's
    let bytes = typed(9, &[0xAA, 0xAA, 3, 0, 0, 0x0C, 0x20, 0, 1]);
    assert!(matches!(frame(1, &bytes).payload, Payload::Llc { .. }));
    // SNAP in SNAP without end: the type is a length again
    let endless = [0xAA, 0xAA, 3, 0, 0, 0, 5, 0].repeat(1_000);
    assert_eq!(frame(1, &typed(1_400, &endless)).payload, Payload::Unread("more headers around a packet than the limit"));
}

#[test]
fn ppp_in_all_its_forms() {
    for (link, head) in [
        (9, &[0xFF, 3, 0, 0x21][..]),
        (9, &[0, 0x21]),
        (9, &[0x21]),
        (50, &[0xFF, 3, 0x21]),
        (50, &[0x0F, 0, 8, 0]),
        (51, &[0x11, 0, 0, 5, 0, 22, 0, 0x21]),
        (104, &[0x8F, 0, 8, 0]),
        (166, &[1, 3, 0, 0x21]),
        (204, &[0, 0x21]),
        (205, &[1, 0x0F, 0, 8, 0]),
    ] {
        let bytes = [head, &IP].concat();
        assert_eq!(frame(link, &bytes).payload, Payload::Ip(&IP), "link {link}, {head:02x?}");
    }
    for (bytes, name) in [
        (&[0xC0, 0x21, 1][..], "PPP link control"),
        (&[0x80, 0x21, 1], "PPP network control"),
        (&[0xC2, 0x23, 1], "PPP authentication"),
        (&[0x00, 0xFD, 1], "PPP compressed or encrypted packet"),
        (&[0x00, 0x3D, 1], "PPP multilink fragment"),
        (&[0x00], "frame cut in its link header"),
    ] {
        assert_eq!(frame(9, bytes).payload, Payload::Unread(name));
    }
}

#[test]
fn pppoe_that_carries_nothing_stays_pppoe() {
    let session = typed(0x8864, &[0x11, 0, 0, 5, 0, 22, 0, 0x21]);
    let padded = [&session[..], &IP, &[0; 4]].concat();
    let read = frame(1, &padded);
    assert_eq!((read.payload, read.wraps.as_slice()), (Payload::Ip(&IP), &["PPPoE"][..]));
    for payload in [&[0x11, 0, 0, 5, 0, 3, 0xC0, 0x21, 1][..], &[0x11, 9, 0, 0, 0, 0], &[0x21, 0, 0, 0, 0, 0], &[0x11]] {
        assert_eq!(frame(1, &typed(0x8864, payload)).payload, Payload::Other { ethertype: 0x8864, bytes: payload });
    }
    // discovery
    assert_eq!(frame(1, &typed(0x8863, &[0x11, 9])).payload, Payload::Other { ethertype: 0x8863, bytes: &[0x11, 9] });
}

#[test]
fn labels_lead_to_what_is_sure() {
    let bottom = [0, 6, 0x41, 64];
    let carried = [&[0, 6, 0x40, 64][..], &bottom, &IP].concat();
    let bytes = typed(0x8847, &carried);
    let read = frame(1, &bytes);
    assert_eq!((read.payload, read.wraps.as_slice()), (Payload::Ip(&IP), &["MPLS"][..]));
    // a card's address that begins like IPv4, and so no checksum that is right
    let mut wire = [&[0x45; 12][..], &[8, 0], &IP].concat();
    let bytes = typed(0x8847, &[&bottom[..], &wire].concat());
    assert_eq!(frame(1, &bytes).payload, Payload::Ethernet(&wire));
    // with a control word
    let bytes = typed(0x8848, &[&bottom[..], &[0, 0, 0, 9], &wire].concat());
    assert_eq!(frame(1, &bytes).payload, Payload::Ethernet(&wire));
    // an Ethernet type that nothing confirms is not believed
    (wire[12], wire[13]) = (0x12, 0x34);
    let bytes = [&bottom[..], &wire].concat();
    assert_eq!(frame(219, &bytes).payload, Payload::Other { ethertype: 0x8847, bytes: &bytes });
    // management: the label 13, and the four bits of a pseudowire's channel
    assert_eq!(frame(219, &[0, 0, 0xD1, 1, 0x10, 0, 0, 7]).payload, Payload::Unread("MPLS management"));
    assert_eq!(frame(219, &[0, 6, 0x41, 1, 0x10, 0, 0, 7]).payload, Payload::Unread("MPLS management"));
    assert_eq!(frame(219, &[0, 6, 0x40, 64].repeat(400)).payload, Payload::Unread("more MPLS labels than the limit"));
    assert_eq!(frame(219, &[1]).payload, Payload::Unread("frame cut in its link header"));
}

#[test]
fn a_backbone_carries_a_frame() {
    let inner = typed(0x0800, &IP);
    let bytes = typed(0x88E7, &[&[0, 0, 0, 9][..], &inner].concat());
    let read = frame(1, &bytes);
    assert_eq!((read.payload, read.wraps.as_slice()), (Payload::Ethernet(&inner), &["802.1ah"][..]));
}

#[test]
fn packets_of_the_filters_log() {
    let record = |kind: u16, value: &[u8], is_big: bool| {
        let length = 4 + value.len() as u16;
        let head =
            if is_big { [length.to_be_bytes(), kind.to_be_bytes()].concat() } else { [length.to_le_bytes(), kind.to_le_bytes()].concat() };
        [&head[..], value, &[0; 3][..value.len().next_multiple_of(4) - value.len()]].concat()
    };
    for is_big in [false, true] {
        let head = record(1, &[8, 0, 1, 0], is_big);
        let address = record(8, &[0, 6, 0, 0, 2, 0, 0, 0, 0, 9, 0, 0], is_big);
        let prefix = record(10, b"log\0\0", is_big);
        let packet = record(9, &IP, is_big);
        let bytes = [&[2, 0, 0, 7][..], &head, &address, &prefix, &packet].concat();
        let read = frame(239, &bytes);
        assert_eq!((read.payload, read.source_mac, read.is_short), (Payload::Ip(&IP), Some(Mac([2, 0, 0, 0, 0, 9])), true));
    }
    assert_eq!(frame(239, &[2, 1, 0, 0]).payload, Payload::Unread("NFLOG version that is not known"));
    assert_eq!(frame(239, &[2, 0, 0, 0, 3, 0, 1, 0]).payload, Payload::Unread("NFLOG record shorter than its header"));
    assert_eq!(frame(239, &[2, 0, 0, 0, 4, 0, 1, 0]).payload, Payload::Unread("NFLOG record without a packet"));
}

#[test]
fn tags_of_rings_and_ports_are_stepped_over() {
    // HSR: path and size, number, then the type
    let bytes = typed(0x892F, &[&[0, 20, 0, 1, 8, 0][..], &IP].concat());
    assert_eq!(frame(1, &bytes).payload, Payload::Ip(&IP));
    let bytes = typed(0x8926, &[&[0, 1, 0, 2, 8, 0][..], &IP].concat());
    assert_eq!((frame(1, &bytes).payload, frame(1, &bytes).vlans.len()), (Payload::Ip(&IP), 0));
}

proptest::proptest! {
    #[test]
    fn nothing_panics(link in 0_u32..300, bytes: Vec<u8>) {
        let _ = frame(link, &bytes);
    }

    /// Bytes that are nearly headers reach further than random ones.
    #[test]
    fn headers_in_any_order(
        link in proptest::sample::select(vec![1_u32, 9, 50, 51, 104, 113, 166, 204, 219, 239, 276]),
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                &[0x81, 0, 0, 5][..], &[0x88, 0x47], &[0, 6, 0x41, 64], &[0x88, 0x64], &[0x11, 0, 0, 1, 0, 90], &[0, 0x21], &[0xFF, 3],
                &[0x02, 0x81], &[0x88, 0xE7], &[0; 12], &[8, 0], &[0x45], &[0, 40, 0xAA, 0xAA, 3, 0, 0, 0], &[2, 0, 0, 0], &[9, 0, 9, 0],
                &[0x0F, 0], &[0x89, 0x2F], &[7],
            ]),
            0..24,
        ),
    ) {
        let bytes = parts.concat();
        let _ = frame(link, &bytes);
    }
}
