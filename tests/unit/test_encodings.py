"""Encodings are found from letters: of languages that people export lists in."""

import pytest

from qualscore.deliveries.encodings import marked, of_bytes

NAMES = {
    "cp1252": [
        "Rødgrød Køkken,Danmark\nSeñal “Uno” Télécom,México\nCœur de Pain,Côte d’Ivoire",
        "Müller GmbH;Köln\nBäckerei Groß;München",
        "Ação Soluções,São Paulo\nPadaria Pão Quente,Florianópolis",
        "Työpöytä Oy;Jyväskylä",
        "Þrándur hf;Ísafjörður\nSjór og Ýsa;Kópavogur",
        "Euro Shop €5,x",
    ],
    "cp1250": [
        "Żółw i Spółka;Łódź\nPiekarnia Pączek;Kraków",
        "Příliš žluťoučký kůň s.r.o.;Plzeň",
        "Őszi Fény Kft;Győr\nTűzfúj Bt;Hódmezővásárhely",
    ],
    "cp1254": ["Şişli Çiçek;İstanbul\nGün Işığı;Muğla\nDoğan Gıda;Eskişehir"],
    "cp1257": ["Rīgas Maiznīca;Rīga\nĢimenes Veikals;Liepāja\nŠūšanas Nams;Jūrmala", "Žalias Ąžuolas;Šiauliai\nĮmonė;Panevėžys"],
    "mac_roman": ["Müller GmbH;Köln\nBäckerei Groß;München"],
    "cp1251": ["Ромашка ООО;Москва\nСеверный ветер;Санкт-Петербург", "Балкан ЕООД,София\nСлънце АД,Пловдив"],
    "koi8_r": ["Ромашка ООО;Москва\nСеверный ветер;Санкт-Петербург"],
    "cp1253": ["Αθηναϊκή Ζυθοποιία;Αθήνα\nΕλληνικά Τρόφιμα;Θεσσαλονίκη"],
    "cp1255": ["חברת השמש,תל אביב\nמאפיית לחם,ירושלים"],
    "cp1256": ["شركة الشمس,القاهرة\nمخبز النور,دمشق"],
    "cp932": ["株式会社さくら,東京都\n山田電機工業,大阪府"],
    "euc_jp": ["株式会社さくら,東京都\n山田電機工業,大阪府\nトヨミ製作所,愛知県"],
    "gb18030": ["北京阳光科技有限公司,北京\n上海机械制造,上海"],
    "big5": ["台北陽光科技有限公司,台北\n高雄機械製造,高雄"],
    "cp949": ["서울전자,서울\n부산식품,부산"],
    "utf-8": ["Żółw;Łódź", "株式会社さくら,東京都"],
}


@pytest.mark.parametrize(("encoding", "text"), [(encoding, text) for encoding, texts in NAMES.items() for text in texts])
def test_names_are_read_as_they_were_written(encoding: str, text: str) -> None:
    encoding_told, is_sure = of_bytes([b"name,place\n" + text.encode(encoding)])
    assert (text.encode(encoding).decode(encoding_told), is_sure) == (text, True)


def test_a_few_broken_bytes_make_no_other_code_page() -> None:
    assert of_bytes(["Árbol\nRůže\nGül\n".encode() + b"Caf\xc3,x\n"]) == ("utf-8", True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_marks_and_zeros_tell_the_unicode_forms(encoding: str) -> None:
    text = "name,web\nPlüm,plum-test.com\n"
    assert text.encode(encoding).decode(marked(text.encode(encoding)) or "ascii").lstrip("\ufeff") == text


def test_a_text_without_a_mark_has_none() -> None:
    assert [marked(it) for it in (b"name,web\n", b"a", b"", "株式会社".encode("cp932"))] == [None] * 4
