//! Each violation by name, and what is no violation.

use super::*;

#[test]
fn violations_of_a_request() {
    for (pdu, names) in [
        ("03 0000 0000", vec!["quantity_out_of_range"]),
        ("03 0000 007e", vec!["quantity_out_of_range"]),
        ("01 0000 07d0", vec![]),
        ("01 0000 07d1", vec!["quantity_out_of_range"]),
        ("03 ffff 0001", vec![]),
        ("03 ffff 0002", vec!["address_out_of_range"]),
        ("03 00", vec!["bad_length"]),
        ("03", vec!["bad_length"]),
        ("03 0000 0001 00", vec!["bad_length"]),
        ("05 0000 0001", vec!["bad_coil_value"]),
        ("05 0000 ff01", vec!["bad_coil_value"]),
        ("10 0000 0001 04 0001 0002", vec!["byte_count_mismatch"]),
        ("10 0000 0002 04 0001", vec!["byte_count_mismatch"]),
        ("10 0000 0001 02 000100", vec!["byte_count_mismatch"]),
        ("0f 0000 0009 01 ff", vec!["byte_count_mismatch"]),
        ("0f 0000 0000 00", vec!["quantity_out_of_range"]),
        ("10 0000 0001", vec!["bad_length"]),
        ("17 0000 007e 0000 0001 02 0000", vec!["quantity_out_of_range"]),
        ("17 0000 007e 0000 007a f4", vec!["quantity_out_of_range", "byte_count_mismatch"]),
        ("07 00", vec!["bad_length"]),
        ("08 00", vec!["bad_length"]),
        ("08 0001 ff", vec!["bad_length"]),
        ("08 0000 0102 03", vec!["bad_length"]),
        ("08 0000 0102 0304", vec![]),
        ("14 07 05 0004 0001 0002", vec!["bad_reference_type"]),
        ("14 08 06 0004 0001 0002", vec!["byte_count_mismatch"]),
        ("14 06 06 0004 0001 00", vec!["bad_length"]),
        ("15 09 06 0004 0007 0002 06af", vec!["bad_length"]),
        ("14 00", vec!["bad_length"]),
        ("2b", vec!["bad_length"]),
        ("2b 0e 01", vec!["bad_length"]),
        ("5a 00", vec!["bad_length"]),
        ("00 01", vec!["bad_function_code"]),
        ("83 02", vec!["bad_function_code"]),
        ("41", vec![]),
        ("63 0000 0002", vec!["unassigned_function_code"]),
        ("12", vec!["unassigned_function_code"]),
        ("09", vec![]),
        ("6e 00", vec![]),
        ("7f", vec![]),
        ("5a 00 20", vec![]),
    ] {
        assert_eq!(weird(Side::Request, pdu), names, "{pdu}");
    }
}

#[test]
fn violations_of_an_answer() {
    for (pdu, names) in [
        ("03 04 0001", vec!["byte_count_mismatch"]),
        ("03 03 000100", vec!["byte_count_mismatch"]),
        ("03 00", vec!["bad_length"]),
        ("03", vec!["bad_length"]),
        ("05 0000 0001", vec!["bad_coil_value"]),
        ("10 0000 0000", vec!["quantity_out_of_range"]),
        ("18 0006 0002 01b8", vec!["byte_count_mismatch"]),
        ("14 06 05 07 0001 0002", vec!["bad_reference_type"]),
        ("83 00", vec!["bad_exception_code"]),
        ("83 0c", vec!["bad_exception_code"]),
        ("83 09", vec![]),
        ("83", vec!["bad_length"]),
        ("83 0200", vec!["bad_length"]),
        ("80 01", vec![]),
        ("63 00", vec!["unassigned_function_code"]),
        ("e3 01", vec![]),
        ("00", vec!["bad_function_code"]),
        ("2b 0e 01 01 00 00 02 00 03 414243", vec!["truncated_objects"]),
        ("2b 0e 01 01 00 00 01 00 09 414243", vec!["truncated_objects"]),
        ("2b 0e 01 01", vec!["bad_length"]),
    ] {
        assert_eq!(weird(Side::Answer, pdu), names, "{pdu}");
    }
}

#[test]
fn violations_of_a_pair() {
    for (request, answer, names) in [
        ("03 0000 0002", "03 02 0001", vec!["answer_shorter_than_asked"]),
        ("03 0000 0001", "03 04 0001 0002", vec!["answer_longer_than_asked"]),
        ("01 0000 0009", "01 01 ff", vec!["answer_shorter_than_asked"]),
        ("01 0000 0008", "01 01 ff", vec![]),
        ("17 0000 0002 0000 0001 02 0001", "17 02 0001", vec!["answer_shorter_than_asked"]),
        ("14 07 06 0004 0001 0002", "14 04 03 06 0001", vec!["answer_shorter_than_asked"]),
        ("06 0001 0003", "06 0001 0004", vec!["echo_mismatch"]),
        ("05 0001 ff00", "05 0002 ff00", vec!["echo_mismatch"]),
        ("10 0001 0001 02 0001", "10 0001 0002", vec!["echo_mismatch"]),
        ("16 0004 00f2 0025", "16 0004 00f2 0026", vec!["echo_mismatch"]),
        ("08 0000 0102", "08 0000 0103", vec!["echo_mismatch"]),
        ("08 0000 0102", "08 0000 0102 03", vec!["echo_mismatch"]),
        ("08 000b 0000", "08 000b 0103", vec![]),
        ("08 000b 0000", "08 000c 0103", vec!["echo_mismatch"]),
        ("2b 0e 01 00", "2b 0d 0000", vec!["echo_mismatch"]),
        ("03 0000 0002", "83 02", vec![]),
    ] {
        assert_eq!(pair_weird(request, answer), names, "{request} {answer}");
    }
}

#[test]
fn what_fits_neither_side_tells_none() {
    for pdu in ["03", "03 0000", "07 0000", "10 0000 0001 04 00", "17 00", "2b", "5a 00"] {
        assert_eq!(side(pdu), None, "{pdu}");
    }
}
