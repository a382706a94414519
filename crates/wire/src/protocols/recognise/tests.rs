//! Bytes from the specifications and short excerpts of real conversations; and what must never be named.

use proptest::prelude::*;

use super::grid::dnp3_crc;
use super::*;

const C: Option<Role> = Some(Role::Client);
const S: Option<Role> = Some(Role::Server);
const U: Option<Role> = None;
const TCP: bool = false;
const UDP: bool = true;

/// Transport, name, sender, source and destination port, bytes in hex.
type Sample = (bool, &'static str, Option<Role>, u16, u16, &'static str);

static SAMPLES: &[Sample] = &[
    // ISO transport: connect with selectors 0100/0102, job, acknowledgement, user data, empty fragment.
    (TCP, "s7comm", C, 4305, 102, "0300001611e00000000f00c1020100c2020102c0010a"),
    (TCP, "s7comm", S, 102, 4305, "0300001611d0000f000300c0010ac1020100c2020102"),
    (TCP, "s7comm", C, 4305, 102, "0300001902f08032010000020000080000f0000001000101e0"),
    (TCP, "s7comm", S, 102, 4305, "0300001b02f080320300000200000800000000f0000001000100f0"),
    (TCP, "s7comm", C, 4305, 2102, "0300002102f080320700000300000800080001120411440100ff09000401320004"),
    (TCP, "cotp", U, 4305, 102, "0300000702f000"),
    // The empty fragment and a job behind it.
    (TCP, "s7comm", C, 4305, 102, "0300000702f0000300001902f08032010000020000080000f0000001000101e0"),
    (TCP, "s7comm-plus", C, 60511, 102, "030000231ee00000001100c1020600c20f53494d415449432d524f4f542d4553c0010a"),
    (TCP, "s7comm-plus", S, 102, 60511, "0300001f02f080720200103200000542000000023400000000000072020000"),
    // MMS: selectors 0001 are anybody's; then session connect with the abstract syntax, a request, a response.
    (TCP, "cotp", C, 4305, 102, "0300001611e00000000100c0010dc2020001c1020001"),
    (TCP, "mms", C, 4305, 102, "0300001b02f0800d0e0506130100160102c105060528ca220201"),
    (TCP, "mms", C, 4305, 102, "0300006102f0800db20506130100160102140200023302000134020001c19c318199a003800101a28191810400000001820400000001a423300f0201010604520100013004060251013010020103060528ca220201300406025101615e305c"),
    (TCP, "mms", C, 4305, 102, "0300001a02f080010001006111300f020103a00aa00802010182030001"),
    (TCP, "mms", S, 102, 4305, "0300001a02f080010001006111300f020103a00aa10802010182030001"),
    // Remote desktop: cookie on a strange port, negotiation, its answer, no parameter on its port, conference.
    (TCP, "rdp", C, 7488, 502, "0300002b26e00000000000436f6f6b69653a206d737473686173683d61646d696e0d0a0100080001000000"),
    (TCP, "rdp", C, 50000, 50001, "030000130ee000000000000100080003000000"),
    (TCP, "rdp", S, 3389, 50001, "030000130ed000001234000200080002000000"),
    (TCP, "rdp", C, 50000, 3389, "0300000b06e00000000000"),
    (TCP, "rdp", C, 50000, 50001, "0300000c02f0807f65820194"),
    // EtherNet/IP: list identity and its answer, connected and unconnected CIP, and I/O.
    (UDP, "enip", C, 5262, 44818, "63000000000000000000000000000000c1debed100000000"),
    (TCP, "enip", C, 5262, 44818, "65000400000000000000000000000000000000000000000001000000"),
    (TCP, "enip", S, 44818, 5262, "65000400000102110000000000000000000000000000000001000000"),
    (TCP, "enip", C, 2927, 44818, "6f0024000001021100000000b39b02002008e10000000000000000002000020000000000b200140052022006240107f9060001022001240101000100"),
    (UDP, "cip-io", U, 2222, 2222, "02000280080003064b00db943f00b1000600a587e80f0300"),
    // Grid: DNP3 master; IEC 104 start, value, supervisory frame, command; synchrophasor command.
    (TCP, "dnp3", C, 49404, 20000, "05641ac40200030040f2c0c0030c012801000100030164000000ef7d6400000000005b"),
    (UDP, "dnp3", C, 49404, 20000, "05641ac40200030040f2c0c0030c012801000100030164000000ef7d6400000000005b"),
    (TCP, "iec104", C, 1075, 2404, "680407000000"),
    (TCP, "iec104", S, 2404, 1075, "681a9a0028000d02010003001405000000f041001505000000314400"),
    (TCP, "iec104", U, 1075, 2404, "680401009c00"),
    (TCP, "iec104", U, 1075, 2404, "68050700000000"),
    (TCP, "iec104", C, 1075, 2404, "680407000000680405002800"),
    (TCP, "iec104", C, 1075, 2404, "681528009c003a010600030095110081080017130d086d"),
    // OPC UA: hello with a URL, acknowledgement, and an unencrypted read request.
    (TCP, "mqtt", C, 50000, 1884, "101000044d5154540402003c0004706c6331"),
    (TCP, "mqtt", S, 1883, 50000, "20020000"),
    // Buildings: confirmed request, who-is, I-am router; KNX search; HART-IP session.
    (UDP, "bacnet", C, 47809, 47808, "810a002b01000005010109011c020004d22c004000013a02574e09552e44000000002f096f2e8204002f4f"),
    (UDP, "bacnet", U, 47808, 47808, "810b0007018000"),
    (UDP, "bacnet", C, 47808, 47808, "810b000c0120ffff00ff1008"),
    (UDP, "knxnet-ip", C, 50000, 3671, "06100201000e0801c0a80001d903"),
    (UDP, "hart-ip", C, 50000, 50001, "010000000001000d0100007530"),
    // Makers: FINS by UDP and TCP, SLMP, ADS.
    (UDP, "fins", C, 9600, 9600, "800002000100000200190101820000000001"),
    (UDP, "fins", S, 9600, 9600, "c000020002000001001901010000abcd"),
    (TCP, "fins", C, 50000, 9600, "46494e530000000c000000000000000000000000"),
    (TCP, "slmp", C, 50000, 5007, "500000ffff03000c00100001040000640000a80100"),
    (TCP, "slmp", S, 5007, 50000, "d00000ffff030004000000d204"),
    (TCP, "ads", C, 50000, 48898, "0000200000000514010203015303051401020201010104000400000000000000000001000000"),
    (TCP, "fox", U, 50000, 1911, "666f7820612031202d3120666f782068656c6c6f0a"),
    // PROFINET: connect of the context manager; ping of the same object.
    (UDP, "profinet-io-cm", C, 49155, 34964, "04010000100000000000a0de976cd11182710001000100800100a0de976cd111827100a02442df7d0800000000001010808e000e8cb06c7e0000000001000000000000000000ffffffff000000000001"),
    // Office: hello with a name, application data, an old hello.
    (TCP, "tls", U, 50051, 64903, "170303001b5f9a7662b81e01aa28ad1f669ea5afbb53107c6ba1efbb9736b8d2"),
    (TCP, "tls", C, 50000, 443, "802e0103010015000000100100800300800600400400800000040000050000620102030405060708090a0b0c0d0e0f10"),
    (TCP, "netbios-ssn", C, 1044, 139, "8100004420454e46454646434e4447444245424448444a4445444744484443444444434341002045444550454f464546434550454d454d434e454744484543444244424443414100"),
    (TCP, "smb", C, 1044, 139, "00000023ff534d4272000000001853c80000000000000000000000000000fffe00000000000000"),
    (TCP, "smb", S, 445, 32860, "00000040fe534d42400000000000000000000000010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"),
    (UDP, "netbios-dgm", U, 138, 138, "110280a0c0a80164008a0022000020454e46454646434e4447444245424448444a444544474448444344444443434100"),
    (TCP, "dce-rpc", C, 38129, 135, "05000b03100000004800000001000000b810b8100000000001000000000001000883afe11f5dc91191a408002b14a0fa03000000045d888aeb1cc9119fe808002b10486002000000"),
    (TCP, "sun-rpc", C, 60175, 111, "800000287e86ab4a0000000000000002000186a3000000030000000000000000000000000000000000000000"),
    (UDP, "sun-rpc", S, 111, 60175, "7e86ab4a0000000100000000000000000000000000000000"),
    (TCP, "ldap", S, 389, 54544, "30840000002b020455d69f6161840000001f0a0100040004008716a1143012a0030a0100a10b06092a864882f712010202"),
    (TCP, "ldap", C, 54544, 389, "300c020101600702010304008000"),
    (UDP, "kerberos", S, 88, 60772, "7e0e300ca003020105a10302011ea603"),
    (TCP, "tds", C, 50000, 1433, "1201001a000001000000110006ff0000000000000000000000"),
    (TCP, "ftp", S, 2121, 60115, "32323020465450207365727665722072656164792e0d0a"),
    (TCP, "telnet", U, 2323, 60115, "fffd18fffd20fffd23fffd27"),
    (TCP, "vnc", U, 5901, 60115, "524642203030332e3030380a"),
    // The network: names, SNMP 1 and 3, time, addresses, boot files.
    (UDP, "netbios-ns", C, 137, 137, "94d6011000010000000000002046484641454245454341434143414341434143414341434143414341434141410000200001"),
    (UDP, "snmp", C, 15916, 161, "302602010004067075626c6963a019020126020100020100300e300c06082b060102010102000500"),
    (UDP, "snmp", U, 15916, 161, "303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400301204000400a00c020237f00201000201003000"),
    (UDP, "ntp", C, 123, 123, "23020aec00000d0b00000af611fd0cfdd97b623cbfe49dcdd97b6437ad7fd089d97b6437b6d0e9b0d97b647e296af531"),
    (UDP, "ntp", S, 123, 123, "240106ec000000000000004747505373d97b647791fdbdc8d97b647e296af531d97b647e48bec57cd97b647e48bfafd4"),
    (UDP, "dhcpv6", C, 546, 547, "01d958960008000200000001000e0001000123c17113507b9d7677d5"),
    (UDP, "tftp", C, 50000, 69, "0001626f6f742e62696e006f6374657400"),
];

fn bytes_of(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).expect("hex"))
        .collect()
}

fn ask(udp: bool, bytes: &[u8], source: u16, destination: u16) -> Option<Recognised> {
    if udp {
        of_datagram(bytes, source, destination)
    } else {
        of_stream(bytes, source, destination)
    }
}

fn name_of(found: Option<Recognised>) -> Option<(String, String)> {
    found.and_then(|found| found.server_name).map(|name| (name.field.to_owned(), name.value))
}

#[test]
fn samples_are_named_with_their_sender() {
    for &(udp, name, sender, source, destination, hex) in SAMPLES {
        let found = ask(udp, &bytes_of(hex), source, destination);
        assert_eq!(found.map(|found| (found.signature.name, found.sender)), Some((name, sender)), "{name} {hex}");
    }
}

/// What is cut short by a capture is not named at all, or named the same, or by its envelope.
#[test]
fn a_prefix_is_never_named_otherwise() {
    for &(udp, name, _, source, destination, hex) in SAMPLES {
        let bytes = bytes_of(hex);
        for end in 0..bytes.len() {
            if let Some(found) = ask(udp, bytes.get(..end).unwrap_or_default(), source, destination) {
                assert!(found.signature.name == name || found.signature.carrier, "{name} {end}: {}", found.signature.name);
            }
        }
    }
}

/// Ports are no proof: the same bytes on other ports have the same name, or none where a port is a tie-breaker.
#[test]
fn ports_do_not_rename() {
    for &(udp, name, _, _, _, hex) in SAMPLES {
        for port in [502, 443, 80, 102, 44818, 50_000] {
            if let Some(found) = ask(udp, &bytes_of(hex), 50_001, port) {
                assert!(found.signature.name == name || found.signature.carrier, "{name} on {port}: {}", found.signature.name);
            }
        }
    }
}

#[test]
fn text_is_named() {
    let text: &[(bool, &str, Option<Role>, u16, &str)] = &[
        (TCP, "http", C, 8081, "GET /a?b HTTP/1.1\r\nHost: Plc-1.plant:8081\r\n\r\n"),
        (TCP, "http", S, 8081, "HTTP/1.1 401 Unauthorized\r\n\r\n"),
        (TCP, "http2", C, 8081, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (TCP, "rtsp", C, 554, "DESCRIBE rtsp://10.0.0.1/1 RTSP/1.0\r\nCSeq: 1\r\n"),
        (UDP, "sip", C, 5060, "REGISTER sip:10.0.0.1 SIP/2.0\r\n"),
        (UDP, "ssdp", C, 1900, "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"),
        (UDP, "ssdp", S, 50_000, "HTTP/1.1 200 OK\r\nST: x\r\nUSN: uuid:1\r\n"),
        (UDP, "syslog", C, 514, "<34>Oct 11 22:14:15 plc su: failed"),
        (UDP, "syslog", C, 10_514, "<165>1 2003-10-11T22:14:15.003Z plc app - ID47 - x"),
        (TCP, "ssh", U, 2222, "SSH-2.0-OpenSSH_9.2\r\n"),
        (TCP, "smtp", S, 2525, "220 mail.plant ESMTP Postfix\r\n"),
        (TCP, "smtp", C, 2525, "EHLO hmi\r\n"),
        (TCP, "ftp", C, 21, "USER operator\r\n"),
        (TCP, "imap", S, 143, "* OK [CAPABILITY IMAP4rev1] ready\r\n"),
        (UDP, "dropbox", U, 17_500, "{\"host_int\": 1, \"displayname\": \"a\"}"),
    ];
    for &(udp, name, sender, port, text) in text {
        let found = ask(udp, text.as_bytes(), port, port);
        assert_eq!(found.map(|found| (found.signature.name, found.sender)), Some((name, sender)), "{text}");
    }
    for text in ["USER operator\r\n", "220 ready\r\n", "hello world\r\n", "GET /\r\n", "GET", "<999>x", "<34>x"] {
        assert_eq!(of_stream(text.as_bytes(), 50_000, 50_001), None, "{text}");
    }
}

#[test]
fn the_server_is_named() {
    let pair = |field: &str, value: &str| Some((field.to_owned(), value.to_owned()));
    let hello = "16030100d3010000cf0303c0a63383e11eec7c8eda3b46f90b546a6143e19813806ce66f14efed3a160409000022c02bc02f009ecc14cc13cc15c00ac0140039c009c0130033009c0035002f000a00ff01000084000000180016000013636c69656e7473362e676f6f676c652e636f6d00170000";
    assert_eq!(name_of(of_stream(&bytes_of(hello), 50_982, 443)), pair("tls.client.server_name", "clients6.google.com"));
    let request = b"POST /x HTTP/1.1\r\nAccept: *\r\nhost:  [FD00::1]:80\r\n\r\n";
    assert_eq!(name_of(of_stream(request, 50_000, 8000)), pair("url.domain", "fd00::1"));
    let query = "d66a01000001000000000000076761746557617906646f636b657208696e7465726e616c0000010001";
    let dns = of_datagram(&bytes_of(query), 63_974, 58_543);
    assert_eq!(dns.as_ref().map(|dns| (dns.signature.name, dns.sender)), Some(("dns", C)));
    assert_eq!(name_of(dns), pair("dns.question.name", "gateway.docker.internal"));
    assert_eq!(of_stream(&bytes_of(&format!("0029{query}")), 50_000, 53).map(|dns| dns.signature.name), Some("dns"));
    let multicast = "0000000000010000000000000f4445534b544f502d36493545465544056c6f63616c0000ff0001";
    assert_eq!(of_datagram(&bytes_of(multicast), 5353, 5353).map(|found| (found.signature.name, found.sender)), Some(("mdns", U)));
    let llmnr = "28670000000100000000000004777061640000010001";
    assert_eq!(of_datagram(&bytes_of(llmnr), 63_137, 5355).map(|found| found.signature.name), Some("llmnr"));
    let netbios = "94d6011000010000000000002046484641454245454341434143414341434143414341434143414341434141410000200001";
    assert_eq!(name_of(of_datagram(&bytes_of(netbios), 137, 137)), pair("dns.question.name", "wpad"));
    // Not kept: controls, and marks that reverse what is shown.
    assert_eq!(printable(b"a\x1b[2Jb"), None);
    assert_eq!(printable("plc\u{202e}moc".as_bytes()), None);
    assert_eq!(printable(&[b'a'; 254]), None);
}

#[test]
fn modbus_has_its_own_decoder() {
    for hex in
        ["0000000000060101000a0064", "00000000001001010d00000000000000000000000000", "0300000000060103000a0001", "680a000000060103000a0001"]
    {
        for port in [502, 102, 2404, 20_000] {
            assert_eq!(of_stream(&bytes_of(hex), 3201, port), None, "{hex}");
        }
    }
    // Any transaction id, over a read, its answer of zeros, and a write.
    for id in 0..=u16::MAX {
        for (length, body) in [(6u8, "0103000a0001"), (103, "010364"), (19, "0110000000060c")] {
            let mut bytes = [&id.to_be_bytes()[..], &[0, 0, 0, length], &bytes_of(body)].concat();
            bytes.resize(usize::from(length) + 6, 0);
            assert_eq!(of_stream(&bytes, 502, 50_000), None, "{id:04x} {body}");
        }
    }
}

#[test]
fn a_wrong_checksum_is_not_dnp3() {
    assert_eq!(dnp3_crc(&bytes_of("056405c901000000")), dnp3_crc(&bytes_of("056405c901000000")));
    assert_eq!(dnp3_crc(&bytes_of("05641ac402000300")), 0xf240);
    assert_eq!(of_stream(&bytes_of("05641ac40200030041f2c0c0030c01"), 49_404, 20_000), None);
}

#[test]
fn links_are_named() {
    let name = |ethertype, hex: &str| of_ethertype(ethertype, &bytes_of(hex)).map(|signature| signature.name);
    assert_eq!(name(0x88b8, "0001"), Some("goose"));
    assert_eq!(name(0x88ba, ""), Some("sampled-values"));
    assert_eq!(name(0x8892, "fefe0500"), Some("profinet-dcp"));
    assert_eq!(name(0x8892, "8000"), Some("profinet-rt"));
    assert_eq!(name(0x8809, "0101"), Some("lacp"));
    assert_eq!(name(0x0800, "45"), None);
    let llc = |hex: &str| of_llc(&bytes_of(hex)).map(|signature| signature.name);
    assert_eq!(llc("4242030000000000"), Some("stp"));
    assert_eq!(llc("aaaa0300000c200002b4"), Some("cdp"));
    assert_eq!(llc("aaaa0300000008060001"), Some("arp"));
    assert_eq!(llc("82820301040275"), Some("bacnet"));
    assert_eq!(llc("0000af8101"), None);
    assert_eq!(llc(""), None);
    assert_eq!(of_ip_protocol(112).map(|signature| signature.name), Some("vrrp"));
    assert_eq!(of_ip_protocol(6), None);
    assert_eq!(of_port(443, false), Some("web"));
    assert_eq!(of_port(123, false), None);
}

#[test]
fn the_table_is_sound() {
    for (index, signature) in SIGNATURES.iter().enumerate() {
        assert!(
            SIGNATURES.iter().take(index).all(|other| other.name != signature.name && other.title != signature.title),
            "{}",
            signature.name
        );
        assert!(
            signature.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            signature.name
        );
    }
}

/// Noise of every length on every port that breaks ties is not named (ties are broken by four fields, so one in fifty
/// thousand may be).
#[test]
fn noise_has_no_name() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut named = std::collections::BTreeMap::new();
    for round in 0..200_000usize {
        let bytes: Vec<u8> = (0..1 + round % 160).map(|_| next().to_be_bytes()[3]).collect();
        let port = [21, 23, 25, 53, 123, 139, 319, 514, 547, 1883, 2404, 3389, 5094, 5353, 18_245, 47_808, 50_000][round % 17];
        for found in [of_stream(&bytes, 50_000, port), of_datagram(&bytes, port, port)].into_iter().flatten() {
            *named.entry((found.signature.name, port)).or_insert(0) += 1;
        }
    }
    assert!(named.values().sum::<usize>() < 8, "{named:?}");
}

proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), source: u16, destination: u16, ethertype: u16) {
        let _ = (of_stream(&bytes, source, destination), of_datagram(&bytes, source, destination));
        let _ = (of_ethertype(ethertype, &bytes), of_llc(&bytes));
    }

    /// Real messages with a few bytes changed reach the depths that noise does not.
    #[test]
    fn nothing_panics_on_damage(sample in 0..SAMPLES.len(), changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6), tail in proptest::collection::vec(any::<u8>(), 0..40)) {
        let (udp, _, _, source, destination, hex) = SAMPLES[sample];
        let mut bytes = bytes_of(hex);
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        bytes.extend(tail);
        let _ = (ask(udp, &bytes, source, destination), ask(!udp, &bytes, source, destination));
    }
}
