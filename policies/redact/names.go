package redact

import (
	"regexp"
	"strings"
)

// formal titles stand right before a name and nowhere else, a few compounds aside.
const formal = `ทนาย|นางสาว|นาง|นาย|น\.\s?ส\.|ด\.\s?ช\.|ด\.\s?ญ\.|เด็กชาย|เด็กหญิง|ว่าที่\s?ร้อยตรี|ว่าที่\s?ร\.ต\.|` +
	`(?:พล|พ|ร|ส|จ)\.(?:ต|ส|ร)\.(?:อ|ท|ต)\.(?:\s?หญิง)?|ด\.ต\.|จ\.ส\.ต\.|ดร\.|ศ\.|ผศ\.|รศ\.|นพ\.|พญ\.|พระครู|หลวงพ่อ|หลวงพี่|Mr\.?|Mrs\.?|Ms\.?|Miss`

// kin and courtesy words, and given-name words of minorities: before a name too,
// but also the beginning of ordinary words.
const kin = `ลุง|ป้า|ยาย|ปู่|พี่|น้อง|ครู|คุณ|หมอ|กำนัน|พ่อหลวง|แม่หลวง|ผู้ใหญ่`

const minority = `ซอ|นอ|หน่อ|อู|ดอ|โก|หม่อง|จาย|ส่าง|อ้าย|จะ-|นา-`

// compounds are ordinary words that begin with a title.
var compounds = strings.Fields(`นายจ้าง คุณภาพ คุณสมบัติ คุณค่า คุณวุฒิ คุณธรรม นายหน้า นายทะเบียน นายอำเภอ นายก นายทุน นายแพทย์ นายตรวจ นายประกัน นางพยาบาล พี่น้อง พี่เลี้ยง พี่สาว พี่ชาย
		น้องสาว น้องชาย น้องใหม่ ครูใหญ่ ครูประจำ ครูที่ ครูและ ครูแนะแนว ทนายความ ทนายอาสา หมอตำแย หมอที่ หมอนัด หมอตรวจ ผู้ใหญ่บ้าน ผู้ใหญ่ที่ ผู้ใหญ่ใน กำนันและ กำนันตำบล
		ยายและ ซอย ซอง ซอก ซอมซ่อ นอก นอน อูฐ ดอก ดอย ดอน ดอง โกง โกรธ โกหก โกดัง โกศ โกโก้ โกน จายเงิน`)

// after lists how words begin that follow a name and are none.
var after = strings.Fields(`มา ไป อายุ เกิด ได้ ถูก ไม่ เป็น อยู่ มี และ กับ ที่ แจ้ง ขอ ให้ โทร บ้าน เลข ว่า ซึ่ง ต้อง พบ เล่า บอก ทำงาน ยื่น สัญชาติ ถือ บัตร
		เดิน พา เคย กำลัง จะ ยัง แล้ว หมู่ ตำบล ต. อำเภอ อ. จังหวัด จ. เมื่อ จาก ใน โดย ผู้ เข้า ออก รับ ร้อง ต่อ เพื่อ เพราะ แต่ หรือ ทั้ง ชาว ซอย ถนน พร้อม คือ ชื่อ`)

// words are the shapes made of letters. Runs of Thai letters count 48 characters at
// most, because Thai writes without blanks: a refused match must not cost the whole
// text again.
func words() []recogniser {
	return []recogniser{
		{name: "address chain", kind: Address, shape: regexp.MustCompile(`(?:บ้าน)?เลขที่\s*\d+(?:\s?/\s?\d+)*|\d+(?:/\d+)+\s*(?:หมู่ที่|หมู่|ม\.)\s*\d*|(?:หมู่บ้านที่|หมู่ที่|หมู่|ม\.)\s*\d+|(?:ห้อง|ชั้น|แคมป์|โซน)(?:เลขที่|ที่)?\s*[A-Za-z]?-?\d+(?:/\d+)*`)},
		{name: "place", kind: Address, word: true, shape: regexp.MustCompile(`(?:หมู่บ้าน|ตำบล|ต\.|แขวง|อำเภอ|อ\.|เขต|จังหวัด|จ\.|ซอย|ซ\.|ถนน|ถ\.)\s*` + thai + `{2,48}(?:\s?\d+)?`), keep: isPlace},
		{name: "place glued", kind: Address, shape: regexp.MustCompile(`(?:ตำบล|อำเภอ|จังหวัด|แขวง|ซอย|ถนน)` + thai + `{2,48}`), keep: isPlace},
		{name: "village", kind: Address, word: true, shape: regexp.MustCompile(`บ้าน` + thai + `{2,48}`), keep: isPlace},
		{name: "camp", kind: Address, shape: regexp.MustCompile(`(?:แม่หละ|อุ้มเปี้ยม|นุโพ|แม่ลามาหลวง|แม่ละอูน|บ้านต้นยาง|ถ้ำหิน|แม่สุริน)` + thai + `{0,48}`)},
		{name: "title", kind: Name, shape: regexp.MustCompile(`(?:` + formal + `)\s?(?P<x>(?:` + thai + `|[A-Z][a-z'-]+)` + thai + `{0,48}(?:[ -]?(?:[A-Z][a-z'-]+))*)`), keep: isName},
		{name: "title and surname", kind: Name, shape: regexp.MustCompile(`(?:` + formal + `)\s?` + thai + `{1,48}\s+(?P<x>` + thai + `{2,48})`), keep: hasSurname},
		{name: "kin", kind: Name, word: true, shape: regexp.MustCompile(`(?:` + kin + `)(?P<x>\s?` + thai + `{2,48})`), keep: isName},
		{name: "minority", kind: Name, word: true, shape: regexp.MustCompile(`(?:` + minority + `)\s?` + thai + `{2,48}(?:[ -]` + thai + `{1,4}\b)?`), keep: isName},
		{name: "clan", kind: Name, shape: regexp.MustCompile(`(?:` + thai + `{2,48}\s+)?(?:แซ่\s?` + thai + `{1,48}|มาเยอะ|เชอมือ|แลเชอะ|เยส่อกู่|อาซอง|จะแล)`)},
		{name: "foreign script", kind: Foreign, shape: regexp.MustCompile(`[\x{0E80}-\x{0EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{AA60}-\x{AA7F}\x{4E00}-\x{9FFF}\x{A9E0}-\x{A9FF}](?:[\x{0E80}-\x{0EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{AA60}-\x{AA7F}\x{4E00}-\x{9FFF}\x{A9E0}-\x{A9FF}\s]*[\x{0E80}-\x{0EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{AA60}-\x{AA7F}\x{4E00}-\x{9FFF}\x{A9E0}-\x{A9FF}])?`)},
		{name: "latin name", kind: Name, shape: regexp.MustCompile(`\b[A-Z][a-z'-]+(?:\s+[A-Z][a-z'-]+)+`)},
	}
}

// isName refuses ordinary words that begin with a title.
func isName(match string) bool {
	for _, c := range compounds {
		if strings.HasPrefix(match, c) {
			return false
		}
	}
	return true
}

// hasSurname accepts the word behind a titled name unless it begins like a verb
// or another word that goes on with the sentence.
func hasSurname(match string) bool {
	f := strings.Fields(match)
	last := f[len(f)-1]
	for _, w := range after {
		if strings.HasPrefix(last, w) {
			return false
		}
	}
	return isName(match)
}

// isPlace refuses words about places that name none.
func isPlace(match string) bool {
	for _, w := range noPlaces {
		if strings.HasPrefix(strings.ReplaceAll(match, " ", ""), w) {
			return false
		}
	}
	return true
}

// noPlaces are words about places that name none.
var noPlaces = strings.Fields(`บ้านพัก บ้านเช่า บ้านเกิด บ้านเลขที่ บ้านของ บ้านเดียว บ้านไม่ บ้านนี้ บ้านนั้น บ้านเรือน บ้านเมือง บ้านมี บ้านที่ บ้านและ บ้านกับ บ้านใน บ้านแล้ว
		ตำบลที่ ตำบลนี้ ตำบลเดียว อำเภอที่ อำเภอนี้ อำเภอไม่ อำเภอรับ อำเภอแจ้ง อำเภอให้ อำเภอและ อำเภอบอก จังหวัดที่ จังหวัดนี้ จังหวัดอื่น เขตที่ เขตพื้นที่ เขตชายแดน ถนนที่ ซอยที่ หมู่บ้านที่ หมู่บ้านนี้ หมู่บ้านเดียว`)
