//! The built-in types and those that are another name for one, as kinds of fields.
#![expect(non_upper_case_globals, reason = "The tables spell types as the specification does")]

use super::super::encoding::Builtin;
use super::schema::Kind;

/// One constant for each name.
macro_rules! builtins {
    ($($name:ident = $builtin:ident),* $(,)?) => {$(
        #[doc = concat!("`", stringify!($name), "` of the specification.")]
        pub(super) const $name: Kind = Kind::Builtin(Builtin::$builtin);
    )*};
}

builtins! {
    Boolean = Boolean, SByte = SByte, Byte = Byte, Int16 = Int16, Int32 = Int32, UInt32 = UInt32, Int64 = Int64, Float = Float,
    Double = Double, String = String, ByteString = ByteString, NodeId = NodeId, ExpandedNodeId = ExpandedNodeId,
    StatusCode = StatusCode, QualifiedName = QualifiedName, LocalizedText = LocalizedText, ExtensionObject = ExtensionObject,
    DataValue = DataValue, Variant = Variant, DiagnosticInfo = DiagnosticInfo,
    // Other names (OPC 10000-4 §7, OPC 10000-3 §8).
    UtcTime = DateTime, Duration = Double, Counter = UInt32, IntegerId = UInt32, NumericRange = String, LocaleId = String,
    ContinuationPoint = ByteString, ApplicationInstanceCertificate = ByteString, SessionAuthenticationToken = NodeId,
}
