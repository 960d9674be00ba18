package redact_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/saphan-network/saphan/policies/redact"
)

// TestGone: none of the parts after the bar is left, and the placeholder is there.
func TestGone(t *testing.T) {
	for _, c := range []struct{ text, want, gone string }{
		{"เลข 0000089000005 ครับ", "[เลขประจำตัว]", "0000089000005"},
		{"เลขบัตร0-0000-89000-00-5ของเขา", "[เลขประจำตัว]", "0000|89000"},
		{"บัตร 0 0000 89000 00 5 หาย", "[เลขประจำตัว]", "0000|89000"},
		{"บัตร ๐-๐๐๐๐-๘๙๐๐๐-๐๐-๕หาย", "[เลขประจำตัว]", "๐|๘๙"},
		{"บัตร ๐๐๐๐๐๘๙๐๐๐๐๐๕", "[เลขประจำตัว]", "๐|๘"},
		{"00\u200b00089\u200b000005", "[เลขประจำตัว]", "00|89"},
		{"0–0000–89000–00–5", "[เลขประจำตัว]", "0000"},
		{"0.0000.89000.00.5", "[เลขประจำตัว]", "0000"},
		{"၀၀၀၀၀၈၉၀၀၀၀၀၅", "[เลขประจำตัว]", "၀|၈"},
		{"๐๐ ๐๐๐ ๘๙ ๐๐๐๐ ๐๕", "[เลขประจำตัว]", "๐|๘"},
		{"ปี 2567 0-0000-89000-00-5", "[เลขประจำตัว]", "89000"},
		{"เลขพิมพ์ผิด 0000089000006", "[เลขประจำตัว]", "0000089000006"},
		{"รหัส G000000000012", "[เลขประจำตัว]", "G0000"},
		{"passport MA123456 หมดอายุ", "[เลขประจำตัว]", "123456"},
		{"โทร 081-000-0000", "[โทรศัพท์]", "081|0000"}, {"โทร๐๘๑ ๐๐๐ ๐๐๐๐ด่วน", "[โทรศัพท์]", "๐๘๑"}, {"tel +66 81 000 0000", "[โทรศัพท์]", "81 0"}, {"+95 9 000 000 000", "[โทรศัพท์]", "95 9"},
		{"โทร 0810000000", "[โทรศัพท์]", "0810"}, {"02-000-0000 ต่อ 1", "[โทรศัพท์]", "02-0"},
		{"เมล nalae@example.org", "[บัญชีออนไลน์]", "nalae"}, {"ไลน์ nalae88", "[บัญชีออนไลน์]", "nalae88"}, {"ID Line: na_lae", "[บัญชีออนไลน์]", "na_lae"},
		{"Line ID na.lae", "[บัญชีออนไลน์]", "na.lae"}, {"ดู https://example.org/nalae?x=1", "[บัญชีออนไลน์]", "nalae"}, {"ทัก @nalae.k", "[บัญชีออนไลน์]", "nalae"},
		{"คดีหมายเลขดำที่ อ.123/2566", "[เลขคดี]", "123|2566"}, {"หมายจับที่ จ.12/2567", "[เลขคดี]", "12/"}, {"HN 123456", "[เลขคดี]", "123456"}, {"ปจว.ข้อ 5", "[เลขคดี]", "5"},
		{"รถ 1กข 1234", "[ทะเบียนรถ]", "1234|กข"}, {"ทะเบียน บต 99", "[ทะเบียนรถ]", "99"},
		{"บัญชี 123-4-56789-0", "[หมายเลข]", "56789|0"}, {"เลขบัญชีออมทรัพย์ 12 3456 7890 12", "[หมายเลข]", "12"}, {"พร้อมเพย์ 0-00-0000000", "[หมายเลข]", "0"},
		{"เกิด 12/4/2558", "[วันที่]", "2558|12/4"}, {"เกิดวันที่ ๑๒ เมษายน ๒๕๕๘", "[วันที่]", "เมษายน|๒๕๕๘"}, {"12 เม.ย. 58", "[วันที่]", "เม.ย.|58"}, {"เกิดปี 2558", "[วันที่]", "2558"}, {"2015-04-12", "[วันที่]", "2015"},
		{"อยู่บ้านเลขที่ 12/3 หมู่ 4 ต.แม่ฟ้าหลวง อ.แม่ฟ้าหลวง จ.เชียงราย", "[ที่อยู่]", "12/3|หมู่ 4|แม่ฟ้าหลวง|เชียงราย"},
		{"๑๒/๓ ม.๔ บ้านห้วยสมมุติ", "[ที่อยู่]", "๑๒|ม.๔|ห้วยสมมุติ"}, {"หมู่บ้านสมมุติ", "[ที่อยู่]", "บ้านสมมุติ"}, {"ตำบลสมมุติใต้", "[ที่อยู่]", "สมมุติใต้"}, {"ซอยสมมุติ 5", "[ที่อยู่]", "สมมุติ"},
		{"นางสาวนาแล แสนสมมุติ มาพบ", "[บุคคล 1]", "นาแล|แสนสมมุติ"}, {"น.ส.นาแล", "[บุคคล 1]", "นาแล"}, {"ด.ช. สมมุติ ไร้นาม อายุ 9 ปี", "[บุคคล 1]", "สมมุติ|ไร้นาม"},
		{"นายสมมุติ", "[บุคคล 1]", "สมมุติ"}, {"เด็กหญิงสมหญิง ใจสมมุติ", "[บุคคล 1]", "สมหญิง|ใจสมมุติ"}, {"ลุงคำ เล่าว่า", "[บุคคล 1]", "คำ"}, {"ครูสมศรีโทรมา", "[บุคคล 1]", "สมศรี"},
		{"ซอเอสมมุติ", "[บุคคล 1]", "เอสมมุติ"}, {"นอ พอสมมุติ", "[บุคคล 1]", "พอสมมุติ"}, {"หม่องสมมุติ", "[บุคคล 1]", "สมมุติ"}, {"จายแสงสมมุติ", "[บุคคล 1]", "แสง"}, {"ลีสมมุติ แซ่ย่าง", "[บุคคล 1]", "ลีสมมุติ|ย่าง"},
		{"หมี่จู มาเยอะ", "[บุคคล 1]", "หมี่จู|มาเยอะ"}, {"คุณ Somchai Jaidee มา", "[บุคคล 1]", "Somchai|Jaidee"}, {"Mr. Aung", "[บุคคล 1]", "Aung"},
		{"ชื่อ အောင်အောင် ค่ะ", "[ข้อความภาษาอื่น]", "အ"}, {"ชื่อ စၢႆးသႅင်", "[ข้อความภาษาอื่น]", "စ"}, {"ชื่อ 李明", "[ข้อความภาษาอื่น]", "李"},
	} {
		got := redact.Redact(c.text, nil)
		if !strings.Contains(got.Text, c.want) {
			t.Errorf("%q: no %s in %q", c.text, c.want, got.Text)
		}
		for _, g := range strings.Split(c.gone, "|") {
			if strings.Contains(got.Text, g) {
				t.Errorf("%q: %q is left in %q", c.text, g, got.Text)
			}
		}
	}
}

// TestKept: ordinary sentences stay as they are.
func TestKept(t *testing.T) {
	for _, text := range []string{
		"", "นายจ้างยึดเอกสาร", "สำนักทะเบียนไม่รับคำร้อง", "นายทะเบียนแจ้งว่าไม่มีหลักฐาน", "พี่น้องสามคนไม่มีบัตร", "ค้างค่าจ้าง 3 เดือน", "มีเด็ก 2 คน อายุ 7 ปี",
		"กลับบ้านไม่ได้", "นอกพื้นที่", "ทนายความนัดวันศุกร์", "พ.ร.บ.สัญชาติ มาตรา 7 ทวิ", "ตรวจ DNA แล้ว", "ขอ ท.ร.14", "อำเภอไม่รับเรื่อง",
	} {
		if got := redact.Redact(text, nil); got.Text != text || len(got.Spans) != 0 {
			t.Errorf("%q became %q", text, got.Text)
		}
	}
}

func TestKnown(t *testing.T) {
	known := []string{"นางสาวนาแล แสนสมมุติ", "0000089000005", "ห้วยสมมุติ", "เก๋"}
	for _, c := range []struct{ text, gone string }{
		{"วันนี้นาแลมาพบ", "นาแล"}, {"แสนสมมุติ", "แสน"}, {"นาแล  แสนสมมุติ", "นาแล|แสน"}, {"นา่แล", "แล"}, {"0000 0890 0000 5", "0890"}, {"๐๐๐๐๐๘๙๐๐๐๐๐๕", "๐"},
		{"แถวห้วยสมมุตินั่น", "ห้วย"}, {"น้าเก๋บอก", "เก๋"}, {"น\u200bาแล", "แล"},
	} {
		got := redact.Redact(c.text, known)
		for _, g := range strings.Split(c.gone, "|") {
			if strings.Contains(got.Text, g) {
				t.Errorf("%q: %q is left in %q", c.text, g, got.Text)
			}
		}
	}
	if got := redact.Redact("ไม่มีใครที่รู้จัก", []string{"", " ", "ก", "12"}); len(got.Spans) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestAnyNotation: a 13-digit number is found in every digit, grouping and neighbourhood.
func TestAnyNotation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zero := rapid.SampledFrom([]rune{'0', '๐', '၀', '႐', '໐', '០', '０'}).Draw(rt, "digits")
		gap := rapid.SampledFrom([]string{"", "-", " ", ".", "/", " - ", "–", "\u00a0", "\u200b"}).Draw(rt, "gap")
		before := rapid.SampledFrom([]string{"", "เลข", "เลข ", "บัตร:", "(", "ค่ะ"}).Draw(rt, "before")
		behind := rapid.SampledFrom([]string{"", "ครับ", " ครับ", ")", "\n"}).Draw(rt, "behind")
		if gap == " - " {
			gap = "-" // three separators in a row are no number any more
		}
		var b strings.Builder
		for i, r := range "0000089" + rapid.StringMatching(`[0-9]{6}`).Draw(rt, "rest") {
			if i == 1 || i == 5 || i == 10 || i == 12 {
				b.WriteString(gap)
			}
			b.WriteRune(zero + r - '0')
		}
		got := redact.Redact(before+b.String()+behind, nil)
		if got.Text != before+"[เลขประจำตัว]"+behind {
			rt.Fatalf("%q became %q", before+b.String()+behind, got.Text)
		}
	})
}

// TestSpans: whatever the text, the spans are in order, inside of it, and the
// rest is untouched.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("นายาเ่้ํำซอ 0๐-./@aB\u200bᩢ李\n"))).Draw(rt, "text")
		got := redact.Redact(text, []string{"นาย ซอ"})
		at, rest := 0, ""
		for _, s := range got.Spans {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				rt.Fatalf("%q: %+v", text, got.Spans)
			}
			rest += text[at:s.Start] + s.Placeholder()
			at = s.End
		}
		if rest+text[at:] != got.Text {
			rt.Fatalf("%q: %q is not %q", text, got.Text, rest+text[at:])
		}
	})
}
