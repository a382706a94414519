//! Names of numbers: status codes, nodes of namespace 0, attributes.

mod nodes;
mod status;

/// The name of a status code by its upper half; the lower one tells more of the same (OPC 10000-4 §7.39).
pub fn status_name(code: u32) -> Option<&'static str> {
    let upper = (code >> 16) as u16;
    let place = status::CODES.binary_search_by_key(&upper, |entry| entry.0).ok()?;
    Some(status::CODES[place].1)
}

/// A status code as people read it: its name, with the number where that tells more, or the number alone.
pub fn status_text(code: u32) -> String {
    match status_name(code) {
        Some(name) if code & 0xFFFF == 0 => name.to_owned(),
        Some(name) => format!("{name} (0x{code:08X})"),
        None => format!("0x{code:08X}"),
    }
}

/// The name of a node of namespace 0, e.g. `Server_ServerStatus_CurrentTime`.
pub fn node_name(number: u32) -> Option<&'static str> {
    let place = nodes::NODES.binary_search_by_key(&number, |entry| entry.0).ok()?;
    Some(nodes::NODES[place].1)
}

/// Names of the attributes, from 1 on (OPC 10000-6 §A.1).
const ATTRIBUTES: [&str; 27] = [
    "NodeId",
    "NodeClass",
    "BrowseName",
    "DisplayName",
    "Description",
    "WriteMask",
    "UserWriteMask",
    "IsAbstract",
    "Symmetric",
    "InverseName",
    "ContainsNoLoops",
    "EventNotifier",
    "Value",
    "DataType",
    "ValueRank",
    "ArrayDimensions",
    "AccessLevel",
    "UserAccessLevel",
    "MinimumSamplingInterval",
    "Historizing",
    "Executable",
    "UserExecutable",
    "DataTypeDefinition",
    "RolePermissions",
    "UserRolePermissions",
    "AccessRestrictions",
    "AccessLevelEx",
];

/// The name of an attribute.
pub fn attribute_name(number: u32) -> Option<&'static str> {
    ATTRIBUTES.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}
