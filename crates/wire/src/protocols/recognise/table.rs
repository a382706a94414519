//! Every application that is known, as data.

use super::{Group, Signature};

macro_rules! signatures {
    ($($constant:ident $name:literal $title:literal $group:ident $carrier:literal;)*) => {
        $(pub(super) static $constant: Signature =
            Signature { name: $name, title: $title, group: Group::$group, carrier: $carrier };)*

        /// Every application that is known.
        pub static SIGNATURES: &[&Signature] = &[$(&$constant),*];
    };
}

signatures! {
    // The plant. The last word: an envelope, whose contents a later message may name.
    COTP "cotp" "ISO transport" Ot true;
    S7COMM "s7comm" "S7" Ot false;
    S7COMM_PLUS "s7comm-plus" "S7 plus" Ot false;
    MMS "mms" "MMS" Ot false;
    ENIP "enip" "EtherNet/IP" Ot false;
    CIP_IO "cip-io" "EtherNet/IP I/O" Ot false;
    DNP3 "dnp3" "DNP3" Ot false;
    IEC104 "iec104" "IEC 60870-5-104" Ot false;
    SYNCHROPHASOR "synchrophasor" "synchrophasor (C37.118)" Ot false;
    MQTT "mqtt" "MQTT" Ot false;
    BACNET "bacnet" "BACnet" Ot false;
    KNX "knxnet-ip" "KNXnet/IP" Ot false;
    HART_IP "hart-ip" "HART-IP" Ot false;
    FINS "fins" "Omron FINS" Ot false;
    SRTP "ge-srtp" "GE SRTP" Ot false;
    SLMP "slmp" "Mitsubishi SLMP" Ot false;
    ADS "ads" "Beckhoff ADS" Ot false;
    FOX "fox" "Niagara Fox" Ot false;
    PROFINET_IO_CM "profinet-io-cm" "PROFINET connection" Ot false;
    PROFINET_DCP "profinet-dcp" "PROFINET discovery" Ot false;
    PROFINET_RT "profinet-rt" "PROFINET real-time" Ot false;
    MRP "mrp" "ring redundancy (MRP)" Ot false;
    PRP "prp" "network redundancy (PRP/HSR)" Ot false;
    DLR "dlr" "device level ring (DLR)" Ot false;
    GOOSE "goose" "GOOSE" Ot false;
    GSE_MANAGEMENT "gse-management" "GSE management" Ot false;
    SAMPLED_VALUES "sampled-values" "sampled values" Ot false;
    ETHERCAT "ethercat" "EtherCAT" Ot false;
    POWERLINK "powerlink" "POWERLINK" Ot false;
    SERCOS "sercos3" "SERCOS III" Ot false;
    PTP "ptp" "precision time" Network false;
    // Office.
    TLS "tls" "encrypted (TLS)" Office false;
    DTLS "dtls" "encrypted (DTLS)" Office false;
    QUIC "quic" "web (QUIC)" Office false;
    HTTP "http" "web" Office false;
    HTTP2 "http2" "web (HTTP/2)" Office false;
    RTSP "rtsp" "camera stream (RTSP)" Office false;
    SIP "sip" "telephony (SIP)" Office false;
    SSH "ssh" "remote shell (SSH)" Office false;
    TELNET "telnet" "remote shell (Telnet)" Office false;
    VNC "vnc" "remote desktop (VNC)" Office false;
    RDP "rdp" "remote desktop" Office false;
    FTP "ftp" "file transfer (FTP)" Office false;
    TFTP "tftp" "file transfer (TFTP)" Office false;
    SMTP "smtp" "mail" Office false;
    POP3 "pop3" "mailbox (POP3)" Office false;
    IMAP "imap" "mailbox (IMAP)" Office false;
    DROPBOX "dropbox" "file sharing (Dropbox)" Office false;
    SMB "smb" "file sharing" Office false;
    NETBIOS_SSN "netbios-ssn" "NetBIOS session" Office true;
    NETBIOS_DGM "netbios-dgm" "NetBIOS datagram" Office false;
    DCE_RPC "dce-rpc" "Windows RPC" Office false;
    SUN_RPC "sun-rpc" "Unix RPC" Office false;
    LDAP "ldap" "directory" Office false;
    KERBEROS "kerberos" "logon (Kerberos)" Office false;
    TDS "tds" "SQL Server" Office false;
    // What keeps a network going.
    DNS "dns" "names (DNS)" Network false;
    MDNS "mdns" "names (mDNS)" Network false;
    LLMNR "llmnr" "names (LLMNR)" Network false;
    NETBIOS_NS "netbios-ns" "names (NetBIOS)" Network false;
    SNMP "snmp" "management (SNMP)" Network false;
    NTP "ntp" "time (NTP)" Network false;
    DHCP "dhcp" "addresses (DHCP)" Network false;
    DHCPV6 "dhcpv6" "addresses (DHCPv6)" Network false;
    SSDP "ssdp" "discovery (SSDP)" Network false;
    WS_DISCOVERY "ws-discovery" "discovery (WS-Discovery)" Network false;
    SYSLOG "syslog" "logs (syslog)" Network false;
    ARP "arp" "ARP" Network false;
    RARP "rarp" "RARP" Network false;
    LLDP "lldp" "LLDP" Network false;
    CDP "cdp" "CDP" Network false;
    VTP "vtp" "VTP" Network false;
    DTP "dtp" "DTP" Network false;
    UDLD "udld" "UDLD" Network false;
    STP "stp" "spanning tree" Network false;
    LACP "lacp" "link aggregation" Network false;
    SLOW "slow-protocols" "slow protocols" Network false;
    EAPOL "eapol" "port logon (802.1X)" Network false;
    MACSEC "macsec" "encrypted (MACsec)" Network false;
    MPLS "mpls" "MPLS" Network true;
    PPPOE "pppoe" "PPPoE" Network true;
    CFM "cfm" "link fault management" Network false;
    MVRP "mvrp" "VLAN registration" Network false;
    MMRP "mmrp" "multicast registration" Network false;
    WAKE_ON_LAN "wake-on-lan" "Wake-on-LAN" Network false;
    LOOPBACK "loopback" "loopback test" Network false;
    IPX "ipx" "IPX" Network false;
    NETBEUI "netbeui" "NetBEUI" Network false;
    ISIS "isis" "routing (IS-IS)" Network false;
    ICMP "icmp" "ICMP" Network false;
    ICMPV6 "icmpv6" "ICMPv6" Network false;
    IGMP "igmp" "IGMP" Network false;
    OSPF "ospf" "routing (OSPF)" Network false;
    EIGRP "eigrp" "routing (EIGRP)" Network false;
    PIM "pim" "routing (PIM)" Network false;
    VRRP "vrrp" "router redundancy (VRRP)" Network false;
    SCTP "sctp" "SCTP" Network true;
    GRE "gre" "tunnel (GRE)" Network true;
    IP_IN_IP "ip-in-ip" "tunnel (IP in IP)" Network true;
    L2TP "l2tp" "tunnel (L2TP)" Network true;
    ERSPAN "erspan" "mirrored traffic (ERSPAN)" Network true;
    PPTP "pptp" "tunnel (PPTP)" Network true;
    VXLAN "vxlan" "tunnel (VXLAN)" Network true;
    GENEVE "geneve" "tunnel (GENEVE)" Network true;
    GTP_U "gtp-u" "mobile network tunnel (GTP-U)" Network true;
    ETHERIP "etherip" "tunnel (EtherIP)" Network true;
    MOBILITY "ipv6-mobility" "IPv6 mobility" Network false;
    ESP "esp" "encrypted (IPsec)" Network false;
    AH "ah" "signed (IPsec)" Network false;
}
