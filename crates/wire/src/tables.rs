//! The tables of the border: their columns are the promise to the Python side.

use crate::columns::{Field, Kind, Table};

mod readings;

pub(crate) use readings::{Reading, Readings};

macro_rules! fields {
    ($name:ident: $($column:literal $kind:ident),* $(,)?) => {
        static $name: &[Field] = &[
            Field { name: "sequence", kind: Kind::Unsigned },
            Field { name: "time", kind: Kind::Signed },
            $(Field { name: $column, kind: Kind::$kind },)*
        ];
    };
}

fields!(CONVERSATIONS: "conversation" Unsigned, "protocol" Text, "framing" Text, "transport" Text, "client" Text, "client_mac" Text,
    "server" Text, "server_mac" Text, "server_port" Unsigned, "vlan" Text, "role_source" Text);
fields!(OPERATIONS: "operation" Unsigned, "id" Text, "conversation" Unsigned, "name" Text, "class" Text, "target" Text, "action" Text,
    "unit" Signed);
fields!(EVENTS: "operation" Unsigned, "timestamp" Signed, "duration" Signed, "outcome" Text, "status" Text, "client_port" Unsigned,
    "client_mac" Text, "server_mac" Text, "file" Unsigned, "interface" Unsigned, "request_frame" Unsigned, "response_frame" Unsigned,
    "response_file" Unsigned, "weird" Texts, "unanswered" Text, "first" Bool, "bytes" Unsigned);
fields!(SUMMARIES: "operation" Unsigned, "outcome" Text, "minute" Signed, "count" Unsigned, "first" Signed, "last" Signed,
    "bytes" Unsigned, "latency_min" Signed, "latency_mean" Signed, "latency_max" Signed, "latency_p95" Signed, "period_mean" Signed,
    "period_jitter" Signed);
fields!(POINTS: "point" Unsigned, "id" Text, "operation" Unsigned, "class" Text, "server" Text, "server_port" Unsigned, "vlan" Text,
    "protocol" Text, "unit" Signed, "table" Text, "address" Signed, "name" Text);
fields!(LABELS: "point" Unsigned, "label" Text, "measure" Text, "server" Text, "server_port" Unsigned, "vlan" Text, "protocol" Text,
    "unit" Signed, "table" Text, "address" Signed);
fields!(READINGS: "timestamp" Signed, "point" Unsigned, "number" Float, "integer" Signed, "text" Text, "status" Word,
    "source_time" Signed, "direction" Word, "file" Unsigned, "frame" Unsigned);
fields!(CLAIMS: "subject_kind" Text, "subject" Text, "vlan" Text, "attribute" Text, "value" Text, "source" Text, "file" Unsigned,
    "frame" Unsigned);
fields!(SENDERS: "mac" Text, "ip" Text, "vlan" Text, "packets" Unsigned, "bytes" Unsigned, "first" Signed, "last" Signed, "arp" Bool);
fields!(CONNECTIONS: "client" Text, "client_mac" Text, "client_port" Unsigned, "server" Text, "server_mac" Text, "server_port" Unsigned,
    "vlan" Text, "transport" Text, "application" Text, "application_title" Text, "group" Text, "read" Bool, "role_source" Text,
    "server_name_field" Text, "server_name" Text, "first" Signed, "last" Signed, "packets_client" Unsigned, "packets_server" Unsigned,
    "bytes_client" Unsigned, "bytes_server" Unsigned, "state" Text, "final" Bool, "gaps" Unsigned, "lost_bytes" Unsigned,
    "retransmissions" Unsigned, "overlaps" Unsigned);
fields!(WEIRDS: "timestamp" Signed, "protocol" Text, "transport" Text, "client" Text, "client_port" Unsigned, "server" Text,
    "server_port" Unsigned, "vlan" Text, "side" Text, "file" Unsigned, "frame" Unsigned, "names" Texts, "detail" Text);
fields!(EVICTIONS: "kind" Text, "number" Unsigned);

/// Every table with its columns; a protocol adds `<name>` (keyed by `operation`) and `<name>_events` (keyed by `event_sequence`).
pub(crate) struct Tables {
    pub(crate) conversations: Table,
    pub(crate) operations: Table,
    pub(crate) events: Table,
    pub(crate) summaries: Table,
    pub(crate) points: Table,
    pub(crate) labels: Table,
    pub(crate) readings: Readings,
    pub(crate) claims: Table,
    pub(crate) senders: Table,
    pub(crate) connections: Table,
    pub(crate) weirds: Table,
    pub(crate) evictions: Table,
    /// By index in the registry: the operations' and the events' own columns.
    pub(crate) protocols: Vec<(Table, Table)>,
}

/// The columns that name the row a protocol's own columns belong to.
static OPERATION_KEY: Field = Field { name: "operation", kind: Kind::Unsigned };
static EVENT_KEY: Field = Field { name: "event_sequence", kind: Kind::Unsigned };

fn keyed(key: Field, fields: &'static [Field]) -> &'static [Field] {
    // Once per process and protocol: the registry lives as long as the process.
    let mut all = vec![key];
    all.extend_from_slice(fields);
    Box::leak(all.into_boxed_slice())
}

/// Name and columns of a protocol's table of operations, then of its table of events.
type ProtocolTables = (&'static str, &'static [Field], &'static str, &'static [Field]);

fn protocol_tables() -> &'static [ProtocolTables] {
    static TABLES: std::sync::OnceLock<Vec<ProtocolTables>> = std::sync::OnceLock::new();
    TABLES.get_or_init(|| {
        crate::protocols::all()
            .map(|one| {
                let events: &'static str = Box::leak(format!("{}_events", one.name).into_boxed_str());
                (one.name, keyed(OPERATION_KEY, one.operation_fields), events, keyed(EVENT_KEY, one.event_fields))
            })
            .collect()
    })
}

impl Tables {
    pub(crate) fn new() -> Self {
        Self {
            conversations: Table::new("conversations", CONVERSATIONS),
            operations: Table::new("operations", OPERATIONS),
            events: Table::new("events", EVENTS),
            summaries: Table::new("summaries", SUMMARIES),
            points: Table::new("points", POINTS),
            labels: Table::new("labels", LABELS),
            readings: Readings::default(),
            claims: Table::new("claims", CLAIMS),
            senders: Table::new("senders", SENDERS),
            connections: Table::new("connections", CONNECTIONS),
            weirds: Table::new("weirds", WEIRDS),
            evictions: Table::new("evictions", EVICTIONS),
            protocols: protocol_tables()
                .iter()
                .map(|(name, fields, events_name, event_fields)| (Table::new(name, fields), Table::new(events_name, event_fields)))
                .collect(),
        }
    }

    /// Rows that become documents.
    pub(crate) fn documents(&self) -> usize {
        self.events.rows() + self.summaries.rows() + self.connections.rows() + self.weirds.rows()
    }

    /// Bytes of the texts in rows that may hold long ones.
    pub(crate) fn text_bytes(&self) -> usize {
        let own = |(operations, events): &(Table, Table)| operations.text_bytes() + events.text_bytes();
        self.readings.text_bytes() + self.protocols.iter().map(own).sum::<usize>()
    }

    /// All tables, those without rows too.
    pub(crate) fn into_all(self) -> Vec<Table> {
        let mut all = vec![
            self.conversations,
            self.operations,
            self.events,
            self.summaries,
            self.points,
            self.labels,
            self.readings.into_table(),
            self.claims,
            self.senders,
            self.connections,
            self.weirds,
            self.evictions,
        ];
        all.extend(self.protocols.into_iter().flat_map(|(operations, events)| [operations, events]));
        all
    }
}

/// Every table's name and columns.
pub fn schema() -> Vec<(&'static str, &'static [Field])> {
    Tables::new().into_all().iter().map(|table| (table.name(), table.fields())).collect()
}
