"""What pymodbus' own objects say of a request and of an answer, in the columns of the logs."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

READY, WAITING = 0, 0xFFFF


def words(data: bytes) -> list[int]:
    """16-bit numbers."""
    return list(struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2]))


def diagnostic(message: object) -> list[int]:
    """The data of Diagnostics, which pymodbus keeps in several forms."""
    if isinstance(message, bytes):
        return words(message)
    if isinstance(message, int):
        return [message]
    return [int(value) for value in message] if isinstance(message, Iterable) else []


def objects(information: dict[int, Any]) -> str:
    """`0=Northwater;1=NW-30`."""
    texts = ((code, value.decode() if isinstance(value, bytes) else value) for code, value in information.items())
    return ";".join(f"{code}={text}" for code, text in texts)


def answered(pdu: Any, quantity: int) -> Sequence[int] | str | None:
    """What an answer brings; `quantity`: of bits that were asked for."""
    match pdu.function_code:
        case 1 | 2:
            return [int(bit) for bit in pdu.bits[:quantity]]
        case 3 | 4 | 23:
            return list(pdu.registers)
        case 7:
            return [pdu.status]
        case 8:
            return diagnostic(pdu.message)
        case 11:
            return [READY if pdu.status else WAITING, pdu.count]
        case 12:
            return [READY if pdu.status else WAITING, pdu.event_count, pdu.message_count, *pdu.events]
        case 17:
            return ",".join([*map(str, pdu.identifier), "?"])  # the stack takes the last byte for the status
        case 20:
            return words(b"".join(record.record_data for record in pdu.records))
        case 24:
            return list(pdu.values)
        case 43:
            return objects(pdu.information)
    return None


def asked(pdu: Any) -> dict[str, Any]:
    """What a request names and brings."""
    cells: dict[str, Any] = {}
    match pdu.function_code:
        case 1 | 2 | 3 | 4:
            cells = {"address": pdu.address, "quantity": pdu.count}
        case 5:
            cells = {"address": pdu.address, "quantity": 1, "sent": [int(pdu.bits[0])]}
        case 6:
            cells = {"address": pdu.address, "quantity": 1, "sent": list(pdu.registers)}
        case 8:
            cells = {"extra": [pdu.sub_function_code], "sent": diagnostic(pdu.message)}
        case 15:
            cells = {"address": pdu.address, "quantity": pdu.count, "sent": [int(bit) for bit in pdu.bits[: pdu.count]]}
        case 16:
            cells = {"address": pdu.address, "quantity": pdu.count, "sent": list(pdu.registers)}
        case 20 | 21:
            record = pdu.records[0]
            # Of a request to read, the stack halves the length as if it were one of bytes.
            length = record.record_length * (2 if pdu.function_code == 20 else 1)
            cells = {"extra": [record.file_number, record.record_number, length]}
            if pdu.function_code == 21:
                cells["sent"] = words(record.record_data)
        case 22:
            cells = {"address": pdu.address, "sent": [pdu.and_mask, pdu.or_mask]}
        case 23:
            cells = {"address": pdu.read_address, "quantity": pdu.read_count, "write_address": pdu.write_address}
            cells |= {"write_quantity": pdu.write_count, "sent": list(pdu.write_registers)}
        case 24:
            cells = {"address": pdu.address}
        case 43:
            cells = {"extra": [int(pdu.read_code), pdu.object_id]}
    return cells
