//! Names of numbers: status codes, nodes of namespace 0, attributes.

mod later_nodes;
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
    let later = later_nodes::NODES.first().is_some_and(|first| number >= first.0);
    let table: &[(u32, &'static str)] = if later { &later_nodes::NODES } else { &nodes::NODES };
    let place = table.binary_search_by_key(&number, |entry| entry.0).ok()?;
    Some(table[place].1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_everybody_knows() {
        assert_eq!(node_name(84), Some("RootFolder"));
        assert_eq!(node_name(85), Some("ObjectsFolder"));
        assert_eq!(node_name(2259), Some("Server_ServerStatus_State"));
        assert_eq!(node_name(11_492), Some("Server_GetMonitoredItems"));
        assert_eq!(node_name(13_737), Some("ServerConfiguration_UpdateCertificate"));
        assert_eq!(node_name(1), Some("Boolean"));
        assert_eq!(node_name(0), None);
        assert_eq!(node_name(u32::MAX), None);
        assert_eq!((attribute_name(1), attribute_name(13), attribute_name(27)), (Some("NodeId"), Some("Value"), Some("AccessLevelEx")));
        assert_eq!((attribute_name(0), attribute_name(28)), (None, None));
    }

    #[test]
    fn status_codes_with_and_without_their_lower_half() {
        assert_eq!(status_text(0), "Good");
        assert_eq!(status_text(0x8034_0000), "BadNodeIdUnknown");
        assert_eq!(status_text(0x0000_0480), "Good (0x00000480)");
        assert_eq!(status_text(0x8FFF_0000), "0x8FFF0000");
        assert_eq!(status_text(0x4090_0000), "UncertainLastUsableValue");
    }

    #[test]
    fn tables_rise() {
        assert!(status::CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let all: Vec<u32> = nodes::NODES.iter().chain(&later_nodes::NODES).map(|entry| entry.0).collect();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(status::CODES.len() > 250 && all.len() > 2_500);
    }
}
