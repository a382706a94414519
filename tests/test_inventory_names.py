"""Names that people keep, and who made a network card."""

from __future__ import annotations

import time

import pytest
from inventory_rows import mac, observe, sender

from sentinel.errors import SentinelError
from sentinel.inventory import Inventory, Vendors, load_names, load_overrides, vendors


def test_names_are_read(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(
        'address,name,role,zone,contact\n# the pump house\n10.0.0.11, PLC-1,controller,Cell 1,"Berg, 210"\n'
        "\n00:80:f4:01:02:03,PLC-2\n10.0.0.20:502/3,Pump 3\nFE80::1,HMI\n",
        encoding="utf-8-sig",
    )
    names = load_names(path)
    assert list(names) == ["10.0.0.11", "00-80-F4-01-02-03", "10.0.0.20:502/3", "fe80::1"]
    assert (names["10.0.0.11"].zone, names["10.0.0.11"].contact) == ("Cell 1", "Berg, 210")
    inventory, _ = observe(
        [sender("10.0.0.11", mac(1)), sender("10.0.0.12", "00-80-F4-01-02-03")], Inventory(names=names)
    )
    assert [(asset.name, asset.role) for asset in inventory.assets] == [
        ("PLC-1", "controller"),
        ("PLC-2", "unknown"),
    ]
    inventory.use_names({})
    assert not any(asset.name for asset in inventory.assets)


def test_a_spreadsheet_of_another_country_is_read(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("address;name\n10.0.0.11;PLC-1\n")
    assert load_names(path)["10.0.0.11"].name == "PLC-1"


def test_all_faults_are_told_at_once(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("address,name\n10.0.0.999,a\n10.0.0.1,b\n10.0.0.1,c\n10.0.0.2,d,e\n10.0.0.3,\n239.0.0.1,m\n")
    with pytest.raises(SentinelError) as caught:
        load_names(path)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(f"{path}:").partition(":")[0] for line in lines] == ["2", "4", "5", "6", "7"]
    assert "was named on line 3 already" in lines[1]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("address,nmae\n10.0.0.1,a\n", "column 'nmae' is not known; known are address, name, role"),
        ("name\na\n", "column 'address' is missing"),
        ("address,name,name\n10.0.0.1,a,b\n", "column 'name' is there twice"),
    ],
)
def test_a_wrong_header_is_told(tmp_path, text, fault):
    path = tmp_path / "names.csv"
    path.write_text(text)
    with pytest.raises(SentinelError, match=r"names\.csv:1: ") as caught:
        load_names(path)
    assert fault in str(caught.value)


def test_unreadable_files_are_told(tmp_path):
    with pytest.raises(SentinelError, match="cannot be read"):
        load_names(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"address,name\n10.0.0.1,\xff\n")
    with pytest.raises(SentinelError, match="not UTF-8"):
        load_names(tmp_path / "latin.csv")


def test_makers_of_cards():
    found = Vendors()
    assert found.of("00-14-22-01-23-45") == "Dell"
    assert found.of("00-1D-9C-C8-BD-01") == "Rockwell Automation"
    assert found.of("40-D8-55-0D-71-23") == "Avant Technologies", "a small block"
    assert found.of("01-14-22-01-23-45") == ""
    assert found.words("00-00-5E-00-01-0A") != ""
    assert found.words("02-00-00-00-00-01") == "randomised or virtual card, maker unknown"


def test_the_table_is_read_quickly():
    vendors._table.cache_clear()
    start = time.perf_counter()
    Vendors().of("00-14-22-01-23-45")
    assert time.perf_counter() - start < 0.25, "5 times the bound, for a busy machine"
    assert vendors.TABLE.stat().st_size < 400_000


def test_a_prefix_is_found_one_by_one_as_in_the_whole_table():
    whole, one_by_one = vendors._Makers(), vendors._Makers()
    whole._read_all()
    known = list(whole._found)[::400]
    others = [f"{prefix[:-1]}{(int(prefix[-1], 16) + 1) % 16:X}" for prefix in known] + ["", "0014", "MAKERS"]
    for prefix in known + others:
        assert one_by_one._search(prefix) == whole.of(prefix), prefix
    assert len(known) > vendors.SEARCHES - 10
    for prefix in known + others + known:
        assert one_by_one.of(prefix) == whole.of(prefix), prefix
    assert one_by_one._is_whole, "many prefixes are not searched for one by one"


def test_a_plant_can_add_makers(tmp_path):
    path = tmp_path / "makers.csv"
    path.write_text("# ours\n00-14-22, Our Dell\n001422012,Ours alone # lab\n02:00:00,Simulator\n")
    found = Vendors(load_overrides(path))
    assert found.of("00-14-22-FF-23-45") == "Our Dell"
    assert found.of("00-14-22-01-23-45") == "Ours alone"
    assert found.words("02-00-00-00-00-01") == "network card by Simulator"
    path.write_text("00-14,x\n00-14-22\n")
    with pytest.raises(SentinelError) as caught:
        load_overrides(path)
    assert len(str(caught.value).splitlines()) == 2
