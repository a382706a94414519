//! Nameplates of companion models: which nodes of a server say who made it, by the names that the models gave them, and what they say.
//!
//! A name counts in the namespace of its model alone, so nothing is told before the server has said what its namespaces are.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use smallvec::SmallVec;

use super::encoding::plain::cut;
use super::encoding::{Cursor, ExpandedNodeId, Identifier, LocalizedText, NodeId, QualifiedName, Read, Text, Value};
use super::hot::head;
use super::points::MOST_TEXT;
use crate::protocols::{Claim, PointValue, Said, Side};
use crate::secret;

const SOURCE: &str = "opcua nameplate";

/// The models whose names are known: devices (OPC 10000-100, 4.5.2, 4.5.3) and machinery (OPC 40001-1, 8).
const MODELS: [&[u8]; 2] = [b"http://opcfoundation.org/UA/DI/", b"http://opcfoundation.org/UA/Machinery/"];

/// Names of properties, what they tell of the server, and what of a part of it.
const PROPERTIES: [(&str, &str, &str); 17] = [
    ("Manufacturer", "vendor", "part_vendor"),
    ("ManufacturerUri", "vendor_uri", "part_vendor_uri"),
    ("Model", "model", "part_model"),
    ("ProductCode", "product_code", "part_product_code"),
    ("SerialNumber", "serial", "part_serial"),
    ("HardwareRevision", "hardware", "part_hardware"),
    ("SoftwareRevision", "firmware", "part_firmware"),
    ("DeviceRevision", "revision", "part_revision"),
    ("DeviceClass", "device_class", "part_device_class"),
    ("DeviceManual", "manual", "part_manual"),
    ("ProductInstanceUri", "product_instance_uri", "part_product_instance_uri"),
    ("AssetId", "asset_id", "part_asset_id"),
    ("ComponentName", "component_name", "part_component_name"),
    ("Location", "location", "part_location"),
    ("YearOfConstruction", "year_of_construction", "part_year_of_construction"),
    ("MonthOfConstruction", "month_of_construction", "part_month_of_construction"),
    ("InitialOperationDate", "in_operation_since", "part_in_operation_since"),
];

/// Folders of machines and of devices in their models, and the class of a node that is an object (OPC 10000-3, 5.2.2).
const MACHINES: u32 = 1001;
const DEVICE_SET: u32 = 5001;
const OBJECT: u32 = 1;

/// Properties and plates of one server; the attack: an address space of invented ones.
const MOST_PROPERTIES: usize = 4_096;
const MOST_PLATES: usize = 256;
/// Browses whose rest is still to come; the attack: continuation points that nobody asks for.
const MOST_CONTINUATIONS: usize = 64;

const BROWSE: u16 = 527;
const BROWSE_NEXT: u16 = 533;
const TRANSLATE: u16 = 554;
/// Services whose answers tell what nodes are called.
pub(super) const SERVICES: [u16; 3] = [BROWSE, BROWSE_NEXT, TRANSLATE];

/// A node that has a name of a nameplate.
#[derive(Debug)]
struct Property {
    /// The object that has it, as it was found first.
    plate: u64,
    /// The namespace of its name, and that of its own identifier.
    namespaces: (u16, u16),
    /// Which of [`PROPERTIES`].
    name: u8,
    /// What was read.
    value: Option<Box<str>>,
    /// There is something to tell.
    is_due: bool,
}

/// An object that has such nodes.
#[derive(Debug)]
struct Plate {
    /// The same object as this one, found another way.
    same: u64,
    /// Its identifier.
    name: Box<str>,
    /// How many had told something before it.
    number: Option<usize>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Nameplates {
    /// The numbers of the models' namespaces, once the server told them.
    models: Option<SmallVec<[u16; 2]>>,
    /// By the number of their node.
    properties: HashMap<u32, Property, RandomState>,
    plates: HashMap<u64, Plate, RandomState>,
    /// By continuation point: the object that is looked through.
    continuations: HashMap<u64, (u64, Box<str>), RandomState>,
    /// Properties that were read and are not told yet.
    due: Vec<u32>,
    /// Plates that have told something.
    told: usize,
    /// Bytes of the plates' identifiers.
    names: usize,
}

/// A node that a message gives a name to, and the object that it hangs below.
struct Found<'a> {
    plate: (u64, &'a str),
    node: NodeId<'a>,
    namespace: u16,
    name: u8,
}

fn key(node: &NodeId<'_>, path: &[u8]) -> u64 {
    let mut bytes: SmallVec<[u8; 64]> = SmallVec::new();
    node.canonical(&mut |part| bytes.extend_from_slice(part));
    bytes.extend_from_slice(path);
    secret::hash(&bytes)
}

/// Which of [`PROPERTIES`] a name is. Those of the standard's own namespace are none of a model.
fn property(name: &QualifiedName<'_>) -> Option<u8> {
    let text = name.name.filter(|_| name.namespace > 0)?;
    PROPERTIES.iter().position(|(known, ..)| known.as_bytes() == text.0).and_then(|index| u8::try_from(index).ok())
}

impl Nameplates {
    /// Takes the server's namespaces, in their order. Whether they are others than before.
    pub(super) fn namespaces<'a>(&mut self, uris: impl Iterator<Item = Value<'a>>) -> bool {
        let is_model = |uri: &Value<'_>| matches!(uri, Value::String(Some(Text(uri))) if MODELS.contains(uri));
        let models: SmallVec<[u16; 2]> = (0..u16::MAX).zip(uris).filter(|(_, uri)| is_model(uri)).map(|(index, _)| index).take(2).collect();
        if self.models.as_ref() == Some(&models) {
            return false;
        }
        self.properties.retain(|_, property| models.contains(&property.namespaces.0));
        self.models = Some(models);
        self.due = self.properties.iter().filter(|(_, property)| property.is_due).map(|(node, _)| *node).collect();
        self.due.sort_unstable();
        self.due.sort_unstable();
        true
    }

    /// Takes a message that tells what nodes are called; `number` numbers them. Whether any of them is new; `None`: no room.
    pub(super) fn look(&mut self, request: &[u8], answer: &[u8], number: &mut dyn FnMut(&NodeId<'_>) -> Option<u32>) -> Option<bool> {
        let (Some(asked), Some(told)) = (head(request), head(answer)) else { return Some(false) };
        let (mut is_new, mut is_full) = (false, false);
        let mut found = |plates: &mut Self, found: Found<'_>| match plates.found(&found, number) {
            Some(new) => is_new |= new,
            None => is_full = true,
        };
        let (mut asked_of, mut told_of) = (Cursor::new(asked.rest), Cursor::new(told.rest));
        // What breaks off was told as far as it goes.
        let _ = match asked.service.request_id {
            BROWSE => self.browsed(&mut asked_of, &mut told_of, &mut found),
            BROWSE_NEXT => self.browsed_on(&mut asked_of, &mut told_of, &mut found),
            TRANSLATE => self.translated(&mut asked_of, &mut told_of, &mut found),
            _ => Ok(()),
        };
        (!is_full).then_some(is_new)
    }

    /// Browse (OPC 10000-4, 5.9.2).
    fn browsed(&mut self, asked: &mut Cursor<'_>, told: &mut Cursor<'_>, found: &mut impl FnMut(&mut Self, Found<'_>)) -> Read<()> {
        NodeId::read(asked)?;
        asked.bytes(8 + 4 + 4)?;
        let (nodes, results) = (asked.count(17)?.unwrap_or(0), told.count(12)?.unwrap_or(0));
        for _ in 0..nodes.min(results) {
            let node = NodeId::read(asked)?;
            asked.bytes(4)?;
            NodeId::read(asked)?;
            asked.bytes(1 + 4 + 4)?;
            let objects = self.references(key(&node, b""), &cut(node.to_string().into(), MOST_TEXT), told, found)?;
            if objects > 1 && self.is_collection(&node) {
                // None of several is the server itself.
                self.told = self.told.max(1);
            }
        }
        Ok(())
    }

    /// Whether a node is the folder of a model in which machines or devices are.
    fn is_collection(&self, node: &NodeId<'_>) -> bool {
        matches!(node.identifier, Identifier::Numeric(DEVICE_SET | MACHINES)) && self.is_of_model(node.namespace)
    }

    fn is_of_model(&self, namespace: u16) -> bool {
        self.models.as_ref().is_some_and(|models| models.contains(&namespace))
    }

    /// BrowseNext (OPC 10000-4, 5.9.3).
    fn browsed_on(&mut self, asked: &mut Cursor<'_>, told: &mut Cursor<'_>, found: &mut impl FnMut(&mut Self, Found<'_>)) -> Read<()> {
        asked.boolean()?;
        let (points, results) = (asked.count(4)?.unwrap_or(0), told.count(12)?.unwrap_or(0));
        for _ in 0..points.min(results) {
            let known = self.continuations.remove(&secret::hash(asked.counted()?.unwrap_or_default()));
            let (plate, name) = known.unwrap_or_default();
            let mut only_known = |plates: &mut Self, one: Found<'_>| {
                if !name.is_empty() {
                    found(plates, one);
                }
            };
            let _objects = self.references(plate, &name, told, &mut only_known)?;
        }
        Ok(())
    }

    /// A BrowseResult (OPC 10000-4, 7.6): what hangs below a node. How many objects that are not of a model.
    fn references(&mut self, plate: u64, name: &str, told: &mut Cursor<'_>, found: &mut impl FnMut(&mut Self, Found<'_>)) -> Read<u32> {
        told.u32()?;
        if let Some(point) = told.counted()?.filter(|point| !point.is_empty() && !name.is_empty()) {
            if self.continuations.len() >= MOST_CONTINUATIONS {
                self.continuations.clear();
            }
            self.continuations.insert(secret::hash(point), (plate, name.into()));
        }
        let mut objects = 0;
        for _ in 0..told.count(15)?.unwrap_or(0) {
            NodeId::read(told)?;
            let is_forward = told.boolean()?;
            let (node, browse_name) = (ExpandedNodeId::read(told)?, QualifiedName::read(told)?);
            LocalizedText::read(told)?;
            let class = told.u32()?;
            ExpandedNodeId::read(told)?;
            objects += u32::from(is_forward && class == OBJECT && !self.is_of_model(node.node.namespace));
            if let (true, true, Some(property)) = (is_forward, is_local(&node), property(&browse_name)) {
                found(self, Found { plate: (plate, name), node: node.node, namespace: browse_name.namespace, name: property });
            }
        }
        Ok(objects)
    }

    /// TranslateBrowsePathsToNodeIds (OPC 10000-4, 5.9.4): the last name of a path is that of the node it leads to.
    fn translated(&mut self, asked: &mut Cursor<'_>, told: &mut Cursor<'_>, found: &mut impl FnMut(&mut Self, Found<'_>)) -> Read<()> {
        let (paths, results) = (asked.count(6)?.unwrap_or(0), told.count(8)?.unwrap_or(0));
        for _ in 0..paths.min(results) {
            let start = NodeId::read(asked)?;
            let (before, mut way, mut last) = (*asked, &[][..], None);
            for _ in 0..asked.count(10)?.unwrap_or(0) {
                way = if last.is_some() { asked.since(&before) } else { way };
                NodeId::read(asked)?;
                let is_inverse = asked.boolean()?;
                asked.boolean()?;
                let name = QualifiedName::read(asked)?;
                last = Some(name).filter(|_| !is_inverse);
            }
            told.u32()?;
            for _ in 0..told.count(6)?.unwrap_or(0) {
                let (node, remaining) = (ExpandedNodeId::read(told)?, told.u32()?);
                let Some((name, property)) = last.and_then(|name| Some((name, property(&name)?))) else { continue };
                if remaining == u32::MAX && is_local(&node) {
                    // The count of the way's elements stands before it, and is another for each way.
                    let plate = (key(&start, way.get(4..).unwrap_or_default()), &*cut(start.to_string().into(), MOST_TEXT));
                    found(self, Found { plate, node: node.node, namespace: name.namespace, name: property });
                }
            }
        }
        Ok(())
    }

    /// Keeps a node, if its name may be one of a model. Whether it is new; `None`: no room.
    fn found(&mut self, found: &Found<'_>, number: &mut dyn FnMut(&NodeId<'_>) -> Option<u32>) -> Option<bool> {
        let named_by_model = self.models.as_ref().is_none_or(|models| models.contains(&found.namespace));
        if !named_by_model {
            return Some(false);
        }
        let number = number(&found.node)?;
        let (plate, name) = found.plate;
        if !self.plates.contains_key(&plate) {
            if self.plates.len() >= MOST_PLATES {
                return None;
            }
            let same = self.properties.get(&number).map_or(plate, |known| known.plate);
            self.names += name.len();
            self.plates.insert(plate, Plate { same, name: name.into(), number: None });
        }
        if self.properties.contains_key(&number) {
            return Some(false);
        }
        if self.properties.len() >= MOST_PROPERTIES {
            return None;
        }
        let namespaces = (found.namespace, found.node.namespace);
        self.properties.insert(number, Property { plate, namespaces, name: found.name, value: None, is_due: false });
        Some(true)
    }

    /// Takes values that were read, and tells what is known of them.
    pub(super) fn take(&mut self, values: &[PointValue], claim: &mut dyn FnMut(Claim)) {
        if self.properties.is_empty() {
            return;
        }
        for value in values.iter().filter(|value| value.status.is_none() && !value.past) {
            let Some(property) = self.properties.get_mut(&value.address) else { continue };
            let Some(text) = text(value) else { continue };
            property.value = Some(cut(text.into(), MOST_TEXT).into());
            if !std::mem::replace(&mut property.is_due, true) {
                self.due.push(value.address);
            }
        }
        if self.models.is_some() {
            for node in std::mem::take(&mut self.due) {
                self.tell(node, claim);
            }
        }
    }

    fn tell(&mut self, node: u32, claim: &mut dyn FnMut(Claim)) {
        let Some(property) = self.properties.get_mut(&node) else { return };
        property.is_due = false;
        let Some(property) = self.properties.get(&node) else { return };
        // Nodes of a model's own namespace are its types, and say what a plate may have.
        let is_a_plates = self.is_of_model(property.namespaces.0) && !self.is_of_model(property.namespaces.1);
        let (true, Some(value)) = (is_a_plates, &property.value) else { return };
        let Some(first) = self.plates.get(&property.plate).map(|plate| plate.same) else { return };
        let Some(plate) = self.plates.get_mut(&first) else { return };
        let number = *plate.number.get_or_insert_with(|| {
            self.told += 1;
            self.told - 1
        });
        let Some((_, own, part)) = PROPERTIES.get(usize::from(property.name)) else { return };
        let (attribute, value) = if number == 0 { (*own, value.to_string()) } else { (*part, format!("{value} ({})", plate.name)) };
        claim(Claim { side: Side::Answer, unit: None, attribute, value, source: SOURCE });
    }

    /// See [`crate::protocols::Memory::bytes`]. Values are counted as long as they may be, for they come when nobody counts.
    pub(super) fn bytes(&self) -> usize {
        self.names + self.properties.len() * (size_of::<Property>() + MOST_TEXT) + self.plates.len() * size_of::<Plate>()
    }
}

/// Whether a node is one of this server, by the number of its namespace.
fn is_local(node: &ExpandedNodeId<'_>) -> bool {
    node.server == 0 && node.namespace_uri.is_none()
}

/// A value in words; `None`: it says nothing, as the year 0, or a time that was never set.
fn text(value: &PointValue) -> Option<String> {
    let text = match &value.said {
        Said::Text(text) => text.clone(),
        Said::Integer(number) => number.to_string(),
        Said::AsIs => value.number?.to_string(),
        Said::Number { value, .. } => value.to_string(),
        Said::Part | Said::Missing => return None,
    };
    (!text.is_empty() && text != "0" && !text.starts_with("1601-")).then_some(text)
}

#[cfg(test)]
mod tests;
