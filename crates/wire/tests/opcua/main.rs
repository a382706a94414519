//! OPC UA's messages as a real stack encodes them, and what becomes of them when they are broken.

mod broken;
mod messages;
mod told;
mod values;
