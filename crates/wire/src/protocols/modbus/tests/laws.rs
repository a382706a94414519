//! For any bytes: nothing panics, framing makes progress, all is bounded.

use proptest::prelude::*;

use super::*;

/// A header that is right, any function and any body: gets further than noise.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    (any::<u16>(), 0_u8..4, any::<u8>(), prop::collection::vec(any::<u8>(), 0..252)).prop_map(|(transaction, unit, code, body)| {
        let mut message = transaction.to_be_bytes().to_vec();
        message.extend([0, 0, 0, u8::try_from(body.len() + 2).unwrap_or(u8::MAX), unit, code]);
        message.extend(body);
        message
    })
}

/// Small numbers where the specification has addresses and counts.
fn well_formed() -> impl Strategy<Value = Vec<u8>> {
    let code = prop::sample::select(vec![1_u8, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43, 90]);
    (code, prop::collection::vec(prop::sample::select(vec![0_u8, 1, 2, 3, 4, 6, 7, 13, 14, 0xFD, 0xFE, 0xFF]), 0..24)).prop_map(
        |(code, body)| {
            let mut message = vec![0, 1, 0, 0, 0, u8::try_from(body.len() + 2).unwrap_or(u8::MAX), 1, code];
            message.extend(body);
            message
        },
    )
}

fn ask_all(request: Option<&[u8]>, answer: Option<&[u8]>) {
    for (side, message) in [(Side::Request, request), (Side::Answer, answer)] {
        let Some(message) = message else { continue };
        let facts = tcp().facts(side, message);
        assert!(facts.identity.len() <= 2 + message.len());
        tcp().side(message);
        tcp().status(message);
    }
    if let (Some(request), Some(answer)) = (request, answer) {
        assert_eq!(tcp().fits(request, answer), tcp().pair_weird(request, answer).is_empty());
    }
    tcp().operation(request, answer);
    cells(DESCRIPTOR.operation_fields, |row| tcp().describe_operation(request, answer, row));
    cells(DESCRIPTOR.event_fields, |row| tcp().describe_event(request, answer, row));
    let mut found = 0;
    tcp().points(request, answer, None, &mut |point| {
        assert!(point.address <= 0xFFFF || point.table == umas::VARIABLES);
        found += 1;
    });
    assert!(found <= 2000);
    tcp().claims(request, answer, &mut |claim| assert!(claim.value.chars().count() <= 255 && !claim.value.chars().any(char::is_control)));
}

proptest! {
    #[test]
    fn noise_does_no_harm(one in prop::collection::vec(any::<u8>(), 1..300), other in prop::collection::vec(any::<u8>(), 0..300)) {
        ask_all(Some(&one), Some(&other));
        probe::probe(&one);
        tcp().plausible(None, &one);
        match tcp().frame(None, &one) {
            Frame::Message(length) => prop_assert!((8..=1_030).contains(&length) && length <= one.len()),
            Frame::More => prop_assert!(one.len() < 1_030),
            Frame::Lost(_) => {}
        }
    }

    #[test]
    fn any_message_is_told(request in messages(), answer in messages()) {
        ask_all(Some(&request), Some(&answer));
        ask_all(Some(&request), None);
        ask_all(None, Some(&answer));
        prop_assert_eq!(tcp().frame(None, &request), Frame::Message(request.len()));
    }

    #[test]
    fn almost_right_messages_are_told(request in well_formed(), answer in well_formed()) {
        ask_all(Some(&request), Some(&answer));
        ask_all(Some(&request), None);
        ask_all(None, Some(&answer));
    }

    /// Cut anywhere, a message is never taken for something else.
    #[test]
    fn a_prefix_waits(message in messages(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(message.len());
        if cut > 0 {
            prop_assert_eq!(tcp().frame(None, &message[..cut]), Frame::More);
        }
    }

    /// A shape that one side alone has raises no violation of shape on that side.
    #[test]
    fn a_known_side_has_no_bad_length(message in well_formed()) {
        if let Some(side) = tcp().side(&message) {
            let is_refusal = message[7] & 0x80 != 0;
            prop_assert!(is_refusal || !tcp().facts(side, &message).weird.contains(&"bad_length"));
        }
    }
}
