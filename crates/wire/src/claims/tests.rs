//! Claims out of messages that other people's encoders made (`samples.txt`), cut and bent in every way.

use std::net::IpAddr;

use super::*;
use crate::flow::Mark;

/// A sample by name.
fn sample(name: &str) -> Vec<u8> {
    let lines = include_str!("samples.txt").lines().filter(|line| !line.starts_with('#'));
    let hex = lines.map(|line| line.split('\t').collect::<Vec<_>>()).find(|cells| cells[0] == name).map(|cells| cells[2]);
    let digits: Vec<u8> = hex.unwrap_or_default().bytes().filter_map(|digit| char::from(digit).to_digit(16)).map(|one| one as u8).collect();
    digits.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect()
}

const CARD: Mac = Mac([0x00, 0x1B, 0x1B, 0x11, 0x22, 0x33]);

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]))
}

/// Every claim as `subject attribute=value`.
fn lines(claims: &[Claim]) -> Vec<String> {
    let subject = |subject: Subject| match subject {
        Subject::Ip(ip) => ip.to_string(),
        Subject::Mac(mac) => mac.to_string(),
    };
    claims.iter().map(|one| format!("{} {}={}", subject(one.subject), one.attribute, one.value)).collect()
}

fn told_by(read: Reader, bytes: &[u8], sender: &str, receiver: &str) -> Said {
    let mut said = Said { mac: Some(CARD), sender: Some(ip(sender)), receiver: Some(ip(receiver)), ..Said::default() };
    read(bytes, &mut said);
    said
}

fn read_as(read: Reader, name: &str, sender: &str) -> Vec<String> {
    lines(&told_by(read, &sample(name), sender, "10.0.0.9").claims)
}

fn frame(payload: Payload<'_>) -> Said {
    let mut said = Said { mac: Some(CARD), ..Said::default() };
    if let Some((read, bytes)) = of_frame(&payload) {
        read(bytes, &mut said);
    }
    said
}

/// Both directions heard in pieces of these sizes.
fn heard(application: &str, ends: [&[u8]; 2], sizes: &[usize]) -> Vec<String> {
    let Some(hearing) = of_streams(application) else { return Vec::new() };
    let mut listening = Listening::new(hearing);
    let ips = [ip("10.0.0.5"), ip("10.0.0.13")];
    let mut told = Vec::new();
    for (from, bytes) in ends.into_iter().enumerate() {
        let mut rest = bytes;
        let mut sizes = sizes.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
            told.extend(listening.hear(from, ips, &rest[..size], Mark::default()));
            rest = &rest[size..];
        }
        told.extend(listening.end(from, ips));
    }
    assert!(listening.is_done() && listening.held() == 0);
    told.iter().flat_map(|(claims, _)| lines(claims)).collect()
}

mod laws;

use laws::{readers, STREAMS};

#[test]
fn cards_and_their_addresses() {
    let arp = sample("arp");
    assert_eq!(lines(&frame(Payload::Arp(&arp)).claims), ["10.0.0.11 mac=00-1B-1B-11-22-33"]);
    for name in ["neighbour-advertisement", "neighbour-solicitation"] {
        let bytes = sample(name);
        let said = frame(Payload::Ip(&bytes));
        assert!(lines(&said.claims)[0].ends_with("mac=00-1B-1B-11-22-33"), "{name}");
        assert_eq!(said.own, Some(ip("2001:db8::11")));
        // From another card it is a proxy's word, and no address becomes its own.
        let mut other = Said { mac: Some(Mac([2; 6])), ..Said::default() };
        neighbour::read(&bytes, &mut other);
        assert_eq!(other.own, None);
        // Through a router it would have a smaller hop limit.
        let mut routed = bytes.clone();
        routed[7] = 254;
        assert_eq!(frame(Payload::Ip(&routed)).claims, []);
    }
    let router = sample("router-advertisement");
    assert_eq!(
        lines(&frame(Payload::Ip(&router)).claims),
        ["fe80::1 role=router", "fe80::1 mac=00-1B-1B-11-22-33", "fe80::1 network=2001:db8::/64"]
    );
}

#[test]
fn lldp_speaks_of_its_port() {
    let bytes = sample("lldp");
    let said = frame(Payload::Other { ethertype: 0x88CC, bytes: &bytes });
    let expected = [
        "port_description=to the pumps",
        "description=Siemens, SIMATIC NET, SCALANCE X204-2, 6GK5 204-2BB10-2AA3, HW: Version 7, FW: Version V05.02.00, SVPD9060514",
        "vendor=Siemens",
        "product_code=6GK5 204-2BB10-2AA3",
        "hardware=7",
        "firmware=V05.02.00",
        "serial=SVPD9060514",
        "model=SIMATIC NET SCALANCE X204-2",
        "role=switch",
        "ip=10.0.0.77",
        "vlan=42",
        "serial=SN-4711",
        "model=X204-2",
        "name=SW-7",
        "port=gi0/3",
    ];
    assert_eq!(lines(&said.claims), expected.map(|one| format!("00-1B-1B-11-22-33 {one}")));
}

#[test]
fn a_controller_with_two_ports_is_no_switch() {
    // Chassis `hmi`, port `port-001`, time to live, capabilities: bridge and station, both enabled; PROFINET's own.
    let mut bytes = vec![2, 4, 7, b'h', b'm', b'i', 4, 9, 7];
    bytes.extend(b"port-001");
    bytes.extend([6, 2, 0, 20, 14, 4, 0, 0x84, 0, 0x84, 0xFE, 6, 0x00, 0x0E, 0xCF, 2, 0, 0, 0, 0]);
    let said = frame(Payload::Other { ethertype: 0x88CC, bytes: &bytes });
    let expected = ["name=hmi", "chassis=hmi", "port=port-001"];
    assert_eq!(lines(&said.claims), expected.map(|one| format!("00-1B-1B-11-22-33 {one}")));
}

#[test]
fn cdp_speaks_of_its_port() {
    let bytes = sample("cdp");
    let expected = [
        "name=SW-9",
        "ip=10.0.0.78",
        "port=FastEthernet0/1",
        "role=switch",
        "description=Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 12.2(55)SE3, RELEASE",
        "vendor=Cisco",
        "firmware=12.2(55)SE3",
        "vendor=Cisco",
        "model=WS-C2960-24TT-L",
        "vlan=42",
    ];
    assert_eq!(lines(&frame(Payload::Llc { bytes: &bytes }).claims), expected.map(|one| format!("00-1B-1B-11-22-33 {one}")));
}

#[test]
fn profinet_answers_and_questions() {
    let mut bytes = sample("profinet");
    let expected = [
        "model=S7-1200",
        "name=pump-3",
        "vendor=Siemens",
        "product_code=device id 0x010D",
        "role=controller",
        "ip=10.0.0.13",
        "gateway=10.0.0.1",
    ];
    let said = frame(Payload::Other { ethertype: 0x8892, bytes: &bytes });
    assert_eq!(lines(&said.claims), expected.map(|one| format!("00-1B-1B-11-22-33 {one}")));
    // Who asks for `pump-3` is not it; nor is who renames it.
    for (frame_id, service, kind) in [(0xFE, 5, 0), (0xFD, 4, 0)] {
        (bytes[1], bytes[2], bytes[3]) = (frame_id, service, kind);
        assert_eq!(frame(Payload::Other { ethertype: 0x8892, bytes: &bytes }).claims, []);
    }
}

#[test]
fn dhcp_of_client_and_server() {
    let expected = ["name=HMI-2", "host_name=HMI-2.plant.example", "vendor_class=MSFT 5.0", "ip=10.0.0.21"];
    assert_eq!(read_as(dhcp::read, "dhcp-request", "0.0.0.0"), expected.map(|one| format!("00-1B-1B-11-22-33 {one}")));
    assert_eq!(read_as(dhcp::read, "dhcp-request", "10.0.0.21")[0], "10.0.0.21 name=HMI-2");
    // A relay's card and address are not those of who asks.
    let mut said = Said { mac: Some(Mac([2; 6])), sender: Some(ip("10.9.0.1")), ..Said::default() };
    dhcp::read(&sample("dhcp-request"), &mut said);
    assert_eq!(lines(&said.claims)[0], "00-1B-1B-11-22-33 name=HMI-2");
    let gives =
        ["10.0.0.1 service=DHCP", "00-1B-1B-11-22-33 ip=10.0.0.21", "00-1B-1B-11-22-33 network=10.0.0.0/24", "10.0.0.254 role=router"];
    assert_eq!(read_as(dhcp::read, "dhcp-ack", "10.0.0.1"), gives);
    assert!(!read_as(dhcp::read, "dhcp-ack", "10.9.0.1").iter().any(|one| one.contains("service")), "a relay is no server");
}

#[test]
fn names_count_where_they_have_the_senders_address() {
    let expected = ["name=cam-4", "service=_http._tcp", "model=AXIS P3245", "serial=ACCC8E"];
    assert_eq!(read_as(dns_sd::read_mdns, "mdns", "10.0.0.31"), expected.map(|one| format!("10.0.0.31 {one}")));
    assert_eq!(read_as(dns_sd::read_mdns, "mdns", "10.0.0.1"), Vec::<String>::new(), "a reflector repeats others");
    assert_eq!(read_as(netbios::read_names, "netbios-registration", "10.0.0.5"), ["10.0.0.5 name=SCADA-1"]);
    assert_eq!(read_as(netbios::read_names, "netbios-registration", "10.0.0.6"), Vec::<String>::new());
    let status = ["name=SCADA-1", "domain=WATER", "service=file sharing", "mac=00-1B-1B-11-22-33"];
    assert_eq!(read_as(netbios::read_names, "netbios-status", "10.0.0.5"), status.map(|one| format!("10.0.0.5 {one}")));
}

#[test]
fn snmp_without_its_community() {
    let expected = [
        "description=Linux gw 5.10.0-8-arm64 #1 SMP",
        "os=Linux 5.10.0-8-arm64",
        "object_id=1.3.6.1.4.1.8691.7.27",
        "vendor=Moxa",
        "name=GW-1",
        "location=pump house",
        "serial=TAAB1234",
    ];
    assert_eq!(read_as(snmp::read, "snmp", "10.0.0.20"), expected.map(|one| format!("10.0.0.20 {one}")));
    assert_eq!(read_as(snmp::read, "snmp-question", "10.0.0.20"), Vec::<String>::new());
}

#[test]
fn bacnet_devices_but_not_those_behind_a_router() {
    assert_eq!(read_as(bacnet::read, "bacnet-i-am", "10.0.0.40"), ["10.0.0.40 instance=2001", "10.0.0.40 vendor=WAGO"]);
    assert_eq!(read_as(bacnet::read, "bacnet-model", "10.0.0.40"), ["10.0.0.40 model=750-8212"]);
    // The same message from network 7, station 1.
    let plain = sample("bacnet-i-am");
    let mut routed = vec![0x81, 0x0B, 0, plain.len() as u8 + 4, 0x01, 0x08, 0, 7, 1, 1];
    routed.extend(&plain[6..]);
    assert_eq!(told_by(bacnet::read, &routed, "10.0.0.40", "10.0.0.9").claims, []);
    // Passed on by a broadcast manager: it is about who sent it first.
    let mut forwarded = vec![0x81, 0x04, 0, plain.len() as u8 + 6, 10, 0, 0, 41, 0xBA, 0xC0];
    forwarded.extend(&plain[4..]);
    assert_eq!(lines(&told_by(bacnet::read, &forwarded, "10.0.0.40", "10.0.0.9").claims)[0], "10.0.0.41 instance=2001");
}

#[test]
fn bacnet_many_properties_in_one_answer() {
    // ReadPropertyMultiple by hand (16.7, 20.2): device 1; model `A`, an error for firmware, name `B`; then another object.
    let mut bytes = vec![0x81, 0x0A, 0, 0, 1, 0, 0x30, 1, 14, 0x0C, 2, 0, 0, 1, 0x1E];
    bytes.extend([0x29, 70, 0x4E, 0x72, 0, b'A', 0x4F, 0x29, 44, 0x5E, 0x91, 2, 0x91, 32, 0x5F, 0x29, 77, 0x4E, 0x72, 0, b'B', 0x4F, 0x1F]);
    bytes.extend([0x0C, 0, 0, 0, 1, 0x1E, 0x29, 77, 0x4E, 0x72, 0, b'C', 0x4F, 0x1F]);
    assert_eq!(lines(&told_by(bacnet::read, &bytes, "10.0.0.40", "10.0.0.9").claims), ["10.0.0.40 model=A", "10.0.0.40 name=B"]);
}

/// List Identity of CIP Networks Library volume 2, 2-4.2, by hand: no encoder at hand writes it as specified.
fn identity(name: &[u8]) -> Vec<u8> {
    let mut item = vec![1, 0, 0, 2, 0xAF, 0x12, 10, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0];
    item.extend([1, 0, 0x0E, 0, 55, 0, 20, 11, 0x60, 0, 0x2A, 0x17, 0xC0, 0x60, name.len() as u8]);
    item.extend(name);
    item.push(3);
    let mut bytes = vec![0x63, 0];
    bytes.extend((item.len() as u16 + 6).to_le_bytes());
    bytes.extend([0; 20]);
    bytes.extend([1, 0, 0x0C, 0]);
    bytes.extend((item.len() as u16).to_le_bytes());
    bytes.extend(item);
    bytes
}

#[test]
fn ethernet_ip_identity() {
    let said = told_by(enip::read, &identity(b"1756-L71"), "10.0.0.13", "10.0.0.9");
    let expected = [
        "vendor=Rockwell Automation",
        "type=programmable logic controller",
        "role=controller",
        "product_code=55",
        "firmware=20.011",
        "serial=60C0172A",
        "model=1756-L71",
    ];
    assert_eq!(lines(&said.claims), expected.map(|one| format!("10.0.0.13 {one}")));
    let natted = told_by(enip::read, &identity(b"1756-L71"), "172.16.0.13", "10.0.0.9");
    assert_eq!(lines(&natted.claims)[7], "172.16.0.13 ip=10.0.0.13", "it knows itself by another address");
}

#[test]
fn ssdp_of_a_device_and_of_a_proxy() {
    let notify = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nLOCATION: http://10.0.0.60:80/d.xml?key=1\r\nNTS: ssdp:alive\r\n\
        SERVER: Linux/4.4 UPnP/1.0 Cam/2\r\nNT: urn:schemas-upnp-org:device:Basic:1\r\nUSN: uuid:12::urn:schemas-upnp-org:device:Basic:1\r\n\r\n";
    let expected =
        ["url=http://10.0.0.60:80/d.xml", "software=Linux/4.4 UPnP/1.0 Cam/2", "service=urn:schemas-upnp-org:device:Basic:1", "uuid=12"];
    assert_eq!(lines(&told_by(ssdp::read, notify, "10.0.0.60", "239.255.255.250").claims), expected.map(|one| format!("10.0.0.60 {one}")));
    assert_eq!(told_by(ssdp::read, notify, "10.0.0.61", "239.255.255.250").claims, []);
}

#[test]
fn a_controller_tells_its_order_number_and_serial() {
    let told = heard("s7comm", [&[], &sample("s7-server")], &[7]);
    let expected = [
        "product_code=6ES7 315-2EH14-0AB0",
        "hardware=4",
        "firmware=V3.2.6",
        "name=SNAP7-SERVER",
        "vendor=Siemens",
        "serial=S C-C2UR28922012",
        "model=CPU 315-2 PN/DP",
    ];
    assert_eq!(told, expected.map(|one| format!("10.0.0.13 {one}")));
}

/// An answer cut into two messages of S7, the first of them into two packets.
#[test]
fn a_list_in_parts() {
    let list = [&[0, 0x1C, 0, 0, 0, 34, 0, 2][..], &[0, 1], b"PUMP-3", &[0; 26], &[0, 5], b"S C-1", &[0; 27]].concat();
    let message = |part: &[u8], more: u8| {
        let mut bytes = vec![
            0x32,
            7,
            0,
            0,
            0,
            1,
            0,
            12,
            0,
            part.len() as u8 + 4,
            0,
            1,
            0x12,
            8,
            0x12,
            0x84,
            1,
            1,
            1,
            more,
            0,
            0,
            0xFF,
            9,
            0,
            part.len() as u8,
        ];
        bytes.extend(part);
        bytes
    };
    let packet = |part: &[u8], last: bool| [&[3, 0, 0, part.len() as u8 + 7, 2, 0xF0, if last { 0x80 } else { 0 }][..], part].concat();
    let first = message(&list[..40], 1);
    let bytes = [packet(&first[..30], false), packet(&first[30..], true), packet(&message(&list[40..], 0), true)].concat();
    for size in [1, 5, 1000] {
        assert_eq!(heard("s7comm", [&[], &bytes], &[size]), ["10.0.0.13 name=PUMP-3", "10.0.0.13 serial=S C-1"]);
    }
}

#[test]
fn certificates_and_whom_a_client_wants() {
    let told = heard("tls", [&sample("tls-client"), &sample("tls-server")], &[100]);
    let expected = ["alias=plc-3.water.example", "certificate_subject=O=Northwater, CN=plc-3.water.example", "certificate_issuer=itself"];
    assert_eq!(told[..3], expected.map(|one| format!("10.0.0.13 {one}")));
    assert!(told[3].starts_with("10.0.0.13 certificate_expires=20"), "{told:?}");
    assert_eq!(
        told[4..],
        ["key=RSA 2048", "names=plc-3.water.example", "names=10.0.0.13"].map(|one| format!("10.0.0.13 certificate_{one}"))
    );
}

#[test]
fn http_without_secrets() {
    let request =
        b"GET /login?password=s3cret HTTP/1.1\r\nHost: Scada.plant.example:8080\r\nCookie: s3cret\r\nAuthorization: Basic s3cret\r\n\
        User-Agent: Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)\r\n\r\nbody";
    let answer = b"HTTP/1.1 401 Unauthorized\r\nServer: Schneider-WEB/V2.1.4\r\nWWW-Authenticate: Basic realm=\"Quantum\"\r\nSet-Cookie: s3cret\r\n\r\n";
    let expected = [
        "10.0.0.5 os=Windows NT 6.1",
        "10.0.0.5 software=Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
        "10.0.0.13 alias=scada.plant.example",
        "10.0.0.13 software=Schneider-WEB/V2.1.4",
        "10.0.0.13 realm=Quantum",
    ];
    assert_eq!(heard("http", [request, answer], &[9]), expected);
    // Through a proxy, the words are those of another.
    let proxied = b"HTTP/1.1 200 OK\r\nServer: Apache\r\nVia: 1.1 squid\r\n\r\n";
    assert_eq!(heard("http", [b"GET http://a.example/ HTTP/1.1\r\nUser-Agent: x\r\n\r\n", proxied], &[1000]), Vec::<String>::new());
}

/// A session setup of SMB 2 (version, size, command 1) around this logon, in its envelope.
fn session_setup(logon: &[u8]) -> Vec<u8> {
    let mut body = vec![0xFE, b'S', b'M', b'B', 64, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    body.resize(64, 0);
    body.extend([25, 0, 0, 0, 0, 0, 0, 0]);
    body.extend(logon);
    [&[0, 0, 0, body.len() as u8][..], &body].concat()
}

#[test]
fn a_logon_without_user_and_hash() {
    let client = [session_setup(&sample("ntlm-negotiate")), session_setup(&sample("ntlm-authenticate"))].concat();
    let told = heard("smb", [&client, &session_setup(&sample("ntlm-challenge"))], &[50]);
    let expected = [
        "10.0.0.5 os=Windows 10.0 build 19041",
        "10.0.0.5 name=ENG-4",
        "10.0.0.5 os=Windows 10.0 build 19041",
        "10.0.0.13 os=Windows 10.0 build 17763",
        "10.0.0.13 domain=WATER",
        "10.0.0.13 name=SCADA-1",
        "10.0.0.13 host_name=scada-1.water.example",
    ];
    assert_eq!(told, expected);
}

#[test]
fn first_lines() {
    let told = heard("ssh", [b"SSH-2.0-PuTTY_Release_0.78\r\n", b"welcome\r\nSSH-2.0-OpenSSH_7.4p1 Debian\r\nbinary"], &[5]);
    assert_eq!(told, ["10.0.0.5 software=PuTTY_Release_0.78", "10.0.0.13 software=OpenSSH_7.4p1 Debian"]);
    let told = heard("ftp", [b"USER admin\r\nPASS s3cret\r\n", b"220 VxWorks (5.4.2) FTP server ready\r\n331 Password\r\n"], &[3]);
    assert_eq!(told, ["10.0.0.13 software=VxWorks (5.4.2) FTP server ready"]);
    let server = b"\xff\xfb\x01\xff\xfd\x1f\xff\xfa\x18\x01\xff\xf0\r\n\r\nMOXA NPort 5110\r\nlogin: ";
    assert_eq!(heard("telnet", [b"admin\r\ns3cret\r\n", server], &[1]), ["10.0.0.13 description=MOXA NPort 5110"]);
}

#[test]
fn no_secret_is_kept() {
    let samples = include_str!("samples.txt").lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next());
    for name in samples {
        let bytes = sample(name);
        for (read, _) in readers() {
            let said = told_by(read, &bytes, "10.0.0.5", "10.0.0.9");
            assert!(!format!("{said:?}").contains("s3cret"), "{name}");
        }
        for application in STREAMS {
            assert!(!heard(application, [&bytes, &bytes], &[64]).iter().any(|one| one.contains("s3cret")), "{name}");
        }
    }
}

#[test]
fn hostile_values_are_cut_and_cleaned() {
    let mut said = Said { mac: Some(CARD), ..Said::default() };
    said.of_card(&lldp::SOURCE, "name", format!("PLC\u{1b}[2J\n{}", "x".repeat(10_000)));
    said.of_card(&lldp::SOURCE, "name", "\u{202e} \0");
    assert_eq!(said.claims.len(), 1);
    assert!(said.claims[0].value.starts_with("PLC [2J xxx") && said.claims[0].value.chars().count() == LONGEST);
    for number in 0..1000 {
        said.of_card(&lldp::SOURCE, "name", number.to_string());
    }
    assert_eq!(said.claims.len(), MOST);
}

#[test]
fn sources_are_told_apart() {
    let mut names: Vec<&str> = SOURCES.iter().map(|source| source.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SOURCES.len());
}

#[test]
fn what_never_ends_is_given_up() {
    let endless = [b"GET / HTTP/1.1\r\nUser-Agent: x\r\nX: ".to_vec(), vec![b'a'; 100_000]].concat();
    assert_eq!(heard("http", [&endless, b""], &[1460]), ["10.0.0.5 software=x"]);
}
