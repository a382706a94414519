//! The line with its pump: names that server and client share, and a value of every type.

use opcua::types::*;

/// Of the plant's nodes.
pub const NAMESPACE: &str = "http://plant.example/line";

/// The names of `values`, and of those that no server here lets one write.
pub const FIXED: [&str; 3] = ["Fixed", "Bad", "Uncertain"];

fn array(kind: VariantScalarTypeId, values: Vec<Variant>) -> Variant {
    Variant::from((kind, values))
}

fn guid() -> Guid {
    "72962b91-fa75-4ae6-8d28-b404dc7daf63".parse().unwrap_or_default()
}

/// A value of every type, by name.
pub fn values() -> Vec<(&'static str, Variant)> {
    use VariantScalarTypeId as Kind;
    let range = |low, high| ExtensionObject::from_message(Range { low, high });
    let matrix: Vec<Variant> = [1.0, 2.0, 3.0, -4.0, -5.0, -6.0].map(Variant::from).to_vec();
    let cube: Vec<Variant> = (1..9).map(|one: i32| Variant::from(one)).collect();
    let shaped = |kind, values, dimensions: Vec<u32>| {
        Array::new_multi(kind, values, dimensions).map_or(Variant::Empty, |array| Variant::Array(Box::new(array)))
    };
    vec![
        ("Boolean", true.into()),
        ("SByte", (-128i8).into()),
        ("Byte", 255u8.into()),
        ("Int16", i16::MIN.into()),
        ("UInt16", u16::MAX.into()),
        ("Int32", i32::MIN.into()),
        ("UInt32", u32::MAX.into()),
        ("Int64", i64::MIN.into()),
        ("UInt64", u64::MAX.into()),
        ("Float", (-0.15625f32).into()),
        ("Double", std::f64::consts::PI.into()),
        ("NaN", f64::NAN.into()),
        ("Infinity", f32::NEG_INFINITY.into()),
        ("String", "Füllstand Behälter ② größer".into()),
        ("EmptyString", "".into()),
        ("NullString", Variant::String(UAString::null())),
        ("DateTime", DateTime::ymd_hms(2024, 2, 29, 12, 34, 56).into()),
        ("Guid", guid().into()),
        ("ByteString", ByteString::from((0..16).collect::<Vec<u8>>()).into()),
        ("XmlElement", Variant::XmlElement(XmlElement::from("<pump id='4'>on</pump>"))),
        ("NodeId", NodeId::new(2, guid()).into()),
        ("OpaqueNodeId", NodeId::new(2, ByteString::from(vec![1u8, 2, 255])).into()),
        ("StatusCode", StatusCode::BadOutOfRange.into()),
        ("QualifiedName", QualifiedName::new(2, "Pump").into()),
        ("LocalizedText", LocalizedText::new("de-AT", "Pumpe").into()),
        ("Range", Variant::ExtensionObject(range(-5.5, 150.0))),
        ("BooleanArray", vec![true, false, true].into()),
        ("ByteArray", vec![0u8, 127, 255].into()),
        ("Int16Array", vec![-1i16, 0, 1].into()),
        ("Int32Array", (-20..20).collect::<Vec<i32>>().into()),
        ("UInt64Array", vec![0u64, u64::MAX].into()),
        ("FloatArray", vec![0.5f32, -0.25].into()),
        ("DoubleArray", vec![1.5, -2.25, f64::INFINITY].into()),
        ("EmptyArray", array(Kind::Double, Vec::new())),
        ("StringArray", array(Kind::String, vec!["RUN".into(), "".into(), Variant::String(UAString::null()), "STÖRUNG".into()])),
        ("ExtensionObjectArray", array(Kind::ExtensionObject, vec![range(0.0, 1.0).into(), range(-1.0, 2.0).into()])),
        ("Matrix", shaped(Kind::Double, matrix, vec![2, 3])),
        ("Cube", shaped(Kind::Int32, cube, vec![2, 2, 2])),
    ]
}
