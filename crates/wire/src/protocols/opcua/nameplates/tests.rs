use super::super::encoding::{DataValue, Variant};
use super::super::nodes::Nodes;
use super::super::points::Points;
use super::*;
use crate::protocols::{Learnt, Memory};

const OURS: u16 = 3;
const DI: u16 = 2;

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

fn node(namespace: u16, text: &str) -> Vec<u8> {
    [&[3][..], &namespace.to_le_bytes(), &string(text)].concat()
}

fn number(namespace: u16, number: u32) -> Vec<u8> {
    [&[2][..], &namespace.to_le_bytes(), &number.to_le_bytes()].concat()
}

fn asked(service: u16, rest: &[&[u8]]) -> Vec<u8> {
    let header = [&[0; 2][..], &[0; 8 + 4 + 4], &[0xFF; 4], &[0; 4 + 3]].concat();
    [&[1, 0][..], &service.to_le_bytes(), &header, &rest.concat()].concat()
}

fn told(service: u16, rest: &[&[u8]]) -> Vec<u8> {
    let header = [&[0; 8 + 4 + 4 + 1][..], &[0xFF; 4], &[0; 3]].concat();
    [&[1, 0][..], &service.to_le_bytes(), &header, &rest.concat()].concat()
}

fn list(all: &[Vec<u8>]) -> Vec<u8> {
    [&(all.len() as u32).to_le_bytes()[..], &all.concat()].concat()
}

/// A reference to a node with this name.
fn reference(id: &[u8], is_forward: bool, namespace: u16, name: &str, class: u32) -> Vec<u8> {
    [&[0, 46, u8::from(is_forward)][..], id, &namespace.to_le_bytes(), &string(name), &[0], &class.to_le_bytes(), &[0, 68]].concat()
}

fn result(point: &str, references: &[Vec<u8>]) -> Vec<u8> {
    list(&[[&[0; 4][..], &string(point), &list(references)].concat()])
}

struct Server {
    nodes: Nodes,
    claims: Vec<String>,
}

impl Server {
    fn new() -> Self {
        Self { nodes: Nodes::default(), claims: Vec::new() }
    }

    fn learn(&mut self, values: &[PointValue]) -> Learnt {
        let claims = &mut self.claims;
        self.nodes.learn(None, None, values, &mut |claim| claims.push(format!("{} {}", claim.attribute, claim.value)))
    }

    fn browse(&mut self, of: &[u8], references: &[Vec<u8>]) -> Learnt {
        let description = [of, &[0; 4], &[0, 33], &[1], &[0; 8]].concat();
        let request = asked(527, &[&[0, 0], &[0; 8 + 4 + 4], &list(&[description])]);
        self.nodes.look(&request, &told(530, &[&result("", references), &[0xFF; 4]]));
        self.learn(&[])
    }

    fn namespaces(&mut self, uris: &[&str]) -> Learnt {
        let texts: Vec<Vec<u8>> = uris.iter().map(|uri| string(uri)).collect();
        let bytes = [&[1, 0x80 | 12][..], &list(&texts)].concat();
        let value = DataValue::read(&mut Cursor::new(&bytes)).expect("a value");
        assert!(matches!(value.value, Some(Variant::Array(_))));
        self.nodes.set_namespace_array(0);
        self.nodes.take_namespaces(0, &value);
        self.learn(&[])
    }

    fn models(&mut self) -> Learnt {
        self.namespaces(&["http://opcfoundation.org/UA/", "urn:server", "http://opcfoundation.org/UA/DI/", "urn:plant"])
    }

    fn value(&mut self, id: &[u8], said: Said) -> PointValue {
        let node = NodeId::read(&mut Cursor::new(id)).expect("a node");
        let address = Points { nodes: &mut self.nodes, point: &mut |_| {} }.number(&node).expect("room");
        PointValue { said, ..PointValue::plain(0, "node", address, Some(7), false) }
    }

    fn read(&mut self, id: &[u8], text: &str) -> &[String] {
        let value = self.value(id, Said::Text(text.to_owned()));
        self.claims.clear();
        self.learn(&[value]);
        &self.claims
    }
}

fn serial(of: &str) -> (Vec<u8>, Vec<u8>) {
    let id = node(OURS, &format!("{of}.Nr"));
    let reference = reference(&id, true, DI, "SerialNumber", 2);
    (id, reference)
}

#[test]
fn a_name_counts_in_the_namespace_of_its_model() {
    let mut server = Server::new();
    let (id, of_model) = serial("Pump");
    let own = node(OURS, "Pump.Own");
    let references = [of_model, reference(&own, true, OURS, "SerialNumber", 2), reference(&own, true, 0, "SerialNumber", 2)];
    assert_eq!((server.models(), server.models()), (Learnt::More, Learnt::Nothing));
    assert_eq!(server.browse(&node(OURS, "Pump"), &references), Learnt::More);
    assert_eq!(server.browse(&node(OURS, "Pump"), &references), Learnt::Nothing);
    assert_eq!(server.read(&id, "4711"), ["serial 4711"]);
    assert!(server.read(&own, "batch 3").is_empty());
}

#[test]
fn nothing_is_told_before_the_namespaces_are_known() {
    let mut server = Server::new();
    let (id, of_model) = serial("Pump");
    let own = node(OURS, "Pump.Own");
    server.browse(&node(OURS, "Pump"), &[of_model, reference(&own, true, OURS, "SerialNumber", 2)]);
    assert!(server.read(&own, "batch 3").is_empty() && server.read(&id, "4711").is_empty() && server.read(&id, "4712").is_empty());
    server.models();
    assert_eq!(server.claims, ["serial 4712"]);
    let mut other = Server::new();
    other.browse(&node(OURS, "Pump"), &[serial("Pump").1]);
    other.namespaces(&["http://opcfoundation.org/UA/", "urn:server", "urn:no model", "urn:plant"]);
    assert!(other.read(&id, "4711").is_empty());
}

#[test]
fn another_plate_is_a_part_and_the_same_one_found_again_is_none() {
    let mut server = Server::new();
    server.models();
    let ((pump, one), (drive, other)) = (serial("Pump"), serial("Drive"));
    server.browse(&node(OURS, "Pump"), std::slice::from_ref(&one));
    let model = node(OURS, "Pump.Model");
    server.browse(&node(OURS, "Pump.Identification"), &[one, reference(&model, true, DI, "Model", 2)]);
    server.browse(&node(OURS, "Drive"), &[other]);
    assert_eq!(server.read(&pump, "4711"), ["serial 4711"]);
    assert_eq!(server.read(&drive, "88"), ["part_serial 88 (ns=3;s=Drive)"]);
    assert_eq!(server.read(&model, "P 4"), ["model P 4"]);
}

#[test]
fn none_of_several_devices_is_the_server() {
    let mut server = Server::new();
    server.models();
    let objects = [("Pump", OURS), ("Features", DI), ("Drive", OURS)].map(|(id, space)| reference(&node(space, id), true, space, id, 1));
    server.browse(&number(DI, 5001), &objects[..2]);
    server.browse(&number(OURS, 5001), &objects);
    let (pump, one) = serial("Pump");
    server.browse(&node(OURS, "Pump"), &[one]);
    let mut several = Server::new();
    several.models();
    several.browse(&number(DI, 5001), &objects);
    several.browse(&node(OURS, "Pump"), &[serial("Pump").1]);
    assert_eq!(server.read(&pump, "4711"), ["serial 4711"]);
    assert_eq!(several.read(&pump, "4711"), ["part_serial 4711 (ns=3;s=Pump)"]);
}

#[test]
fn what_says_nothing_is_not_told() {
    let mut server = Server::new();
    server.models();
    let (id, of_model) = serial("Pump");
    let (of_type, backwards, far) = (number(DI, 6001), node(OURS, "Back"), node(OURS, "Far"));
    let elsewhere = [&[0x43][..], &far[1..], &7_u32.to_le_bytes()].concat();
    let references = [
        of_model,
        reference(&of_type, true, DI, "SerialNumber", 2),
        reference(&backwards, false, DI, "SerialNumber", 2),
        reference(&elsewhere, true, DI, "SerialNumber", 2),
    ];
    server.browse(&node(OURS, "Pump"), &references);
    for one in [&of_type, &backwards, &far] {
        assert!(server.read(one, "1").is_empty());
    }
    for nothing in [Said::Text(String::new()), Said::Text("1601-01-01T00:00:00Z".to_owned()), Said::Integer(0), Said::Missing] {
        let value = server.value(&id, nothing);
        server.learn(&[value]);
    }
    let value = server.value(&id, Said::AsIs);
    server.learn(&[PointValue { status: Some("BadNoCommunication"), ..value.clone() }, PointValue { past: true, ..value.clone() }]);
    assert!(server.claims.is_empty());
    server.learn(&[value]);
    assert_eq!(server.claims, ["serial 7"]);
}

#[test]
fn a_browse_goes_on() {
    let mut server = Server::new();
    server.models();
    let (id, of_model) = serial("Pump");
    let description = [&node(OURS, "Pump")[..], &[0; 4], &[0, 33], &[1], &[0; 8]].concat();
    let request = asked(527, &[&[0, 0], &[0; 8 + 4 + 4], &list(&[description])]);
    server.nodes.look(&request, &told(530, &[&result("go on", &[]), &[0xFF; 4]]));
    let next = |point: &str| asked(533, &[&[0], &list(&[string(point)])]);
    let rest = told(536, &[&result("", &[of_model]), &[0xFF; 4]]);
    server.nodes.look(&next("nobody's"), &rest);
    assert!(server.read(&id, "4711").is_empty());
    server.nodes.look(&next("go on"), &rest);
    assert_eq!(server.read(&id, "4711"), ["serial 4711"]);
}

#[test]
fn paths_lead_to_nodes() {
    let mut server = Server::new();
    server.models();
    let element = |is_inverse: bool, name: &str| [&[0, 33, u8::from(is_inverse), 1][..], &DI.to_le_bytes(), &string(name)].concat();
    let path = |elements: &[Vec<u8>]| [node(OURS, "Plant"), list(elements)].concat();
    let target = |id: &[u8], rest: u32| [&[0; 4][..], &list(&[[id, &rest.to_le_bytes()].concat()])].concat();
    let (pump, inverse, far, drive) = (node(OURS, "a"), node(OURS, "b"), node(OURS, "c"), node(OURS, "d"));
    let paths = [
        path(&[element(false, "Pump"), element(false, "SerialNumber")]),
        path(&[element(false, "Pump"), element(true, "SerialNumber")]),
        path(&[element(false, "Pump"), element(false, "SerialNumber")]),
        path(&[element(false, "Drive"), element(false, "SerialNumber")]),
    ];
    let results = [target(&pump, u32::MAX), target(&inverse, u32::MAX), target(&far, 1), target(&drive, u32::MAX)];
    server.nodes.look(&asked(554, &[&list(&paths)]), &told(557, &[&list(&results), &[0xFF; 4]]));
    assert_eq!(server.read(&pump, "4711"), ["serial 4711"]);
    assert!(server.read(&inverse, "1").is_empty() && server.read(&far, "1").is_empty());
    assert_eq!(server.read(&drive, "88"), ["part_serial 88 (ns=3;s=Plant)"]);
}

#[test]
fn what_breaks_off_is_told_as_far_as_it_goes() {
    let mut server = Server::new();
    server.models();
    let ((pump, one), (drive, other)) = (serial("Pump"), serial("Drive"));
    let description = [&node(OURS, "Plant")[..], &[0; 4], &[0, 33], &[1], &[0; 8]].concat();
    let request = asked(527, &[&[0, 0], &[0; 8 + 4 + 4], &list(&[description])]);
    let answer = told(530, &[&result("", &[one, other]), &[0xFF; 4]]);
    for end in 0..answer.len() - 12 {
        server.nodes.look(&request, &answer[..end]);
        server.nodes.look(&request[..end.min(request.len() - 1)], &answer);
    }
    assert_eq!(server.read(&pump, "4711"), ["serial 4711"]);
    assert!(server.read(&drive, "88").is_empty());
}

#[test]
fn invented_plates_are_bounded() {
    let mut server = Server::new();
    let before = server.nodes.bytes();
    let mut last = Learnt::Nothing;
    for object in 0..300 {
        last = server.browse(&node(OURS, &format!("Pump{object}")), &[serial(&format!("Pump{object}")).1]);
    }
    assert_eq!(last, Learnt::Full);
    assert_eq!((server.nodes.nameplates.plates.len(), server.nodes.nameplates.properties.len()), (MOST_PLATES, MOST_PLATES));
    let many: Vec<Vec<u8>> = (0..5_000).map(|one| serial(&format!("Pump0.{one}")).1).collect();
    assert_eq!(server.browse(&node(OURS, "Pump0"), &many), Learnt::Full);
    assert_eq!(server.nodes.nameplates.properties.len(), MOST_PROPERTIES);
    assert!(server.nodes.bytes() > before + MOST_PROPERTIES * size_of::<Property>());
    server.nodes.close();
    assert_eq!(server.browse(&node(OURS, "Pump1"), &[serial("Pump1.x").1]), Learnt::Full);
}
