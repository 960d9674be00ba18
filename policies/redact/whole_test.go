package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/policies/redact"
)

// TestKnownNot: a short name is not found inside of another syllable, nor two
// characters of a name among all persons of a node.
func TestKnownNot(t *testing.T) {
	k := redact.Know(redact.Source{By: "known", Score: 1, Values: []string{"เก๋", "นา"}}, redact.Source{By: "node", Score: 0.9, Values: []string{"ปู", "ก้อน"}})
	for _, text := range []string{"เกิดเหตุ", "เก็บของ", "เนาเรือ", "ปูทาง", "ก้อ น"} {
		if got := k.Redact(text); len(got.Spans) != 0 {
			t.Errorf("%q became %q", text, got.Text)
		}
	}
}

// TestKnownSources: each finding names its source and how sure it is.
func TestKnownSources(t *testing.T) {
	k := redact.Know(redact.Source{By: "known", Score: 1, Values: []string{"นาแล แสนสมมุติ", "AB-000123"}}, redact.Source{By: "node", Score: 0.9, Values: []string{"สมหมาย", "นาแล"}})
	for text, want := range map[string]redact.Span{
		"วันนี้นาแลไป":      {Kind: redact.Name, By: "known", Score: 1},
		"เจอกับส มหม่ายอีก": {Kind: redact.Name, By: "node", Score: 0.9},
		"ถือ ab 000 123":    {Kind: redact.ID, By: "known", Score: 1},
	} {
		got := k.Redact(text)
		if len(got.Spans) != 1 || got.Spans[0].Kind != want.Kind || got.Spans[0].By != want.By || got.Spans[0].Score != want.Score {
			t.Errorf("%q: %+v", text, got.Spans)
		}
	}
}

// TestKnownPrintsNothing: the list of names cannot get into a log line or an error.
func TestKnownPrintsNothing(t *testing.T) {
	k := redact.Know(redact.Source{By: "known", Score: 1, Values: []string{"นาแล"}})
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, k); got != "known identifiers" {
			t.Errorf("%s: %q", format, got)
		}
	}
}

// TestPersons: one person has one number within a document, also by the given name
// alone; two persons of one family name have two.
func TestPersons(t *testing.T) {
	got := redact.Redact("นางสาวนาแล แสนสมมุติ พบนายสมชาย แสนสมมุติ ต่อมานางสาวนาแล กับ นายสมชาย ไม่มา", nil)
	if want := "[บุคคล 1] "; !strings.Contains(got.Text, want) {
		t.Fatal(got.Text)
	}
	var people []int
	for _, s := range got.Spans {
		people = append(people, s.Person)
	}
	if fmt.Sprint(people) != "[1 2 1 2]" {
		t.Errorf("%v in %q", people, got.Text)
	}
	if again := redact.Redact("นายสมชาย แสนสมมุติ ไม่มา", nil); again.Spans[0].Person != 1 {
		t.Errorf("numbers go on from one document to the next: %+v", again.Spans)
	}
}

// TestResidue: what nobody recognised and what still looks like an identifier is
// told with its place.
func TestResidue(t *testing.T) {
	for text, want := range map[string]string{
		"รหัส 4821 ค่ะ":     "digits 4821",
		"รหัส ๔๘\u200b๒๑":   "digits ๔๘\u200b๒๑",
		"พบ Somchai ที่นี่": "proper Somchai",
		"Мария มา":          "script Мария",
		"ก\xff\xfeข":        "broken \xff\xfe",
	} {
		got := redact.Redact(text, nil)
		if got.Scrubbed() || len(got.Residue) != 1 {
			t.Errorf("%q: %+v", text, got.Residue)
			continue
		}
		r := got.Residue[0]
		if told := string(r.Why) + " " + text[r.Start:r.End]; told != want {
			t.Errorf("%q: %q", text, told)
		}
	}
	for _, text := range []string{"", "ตรวจ DNA แล้ว", "โทร 081-000-0000", "ขอ ท.ร.14 และ มาตรา 7 ทวิ", "ใช้ line หรือ sms"} {
		if got := redact.Redact(text, nil); !got.Scrubbed() {
			t.Errorf("%q: %+v", text, got.Residue)
		}
	}
}

// TestHostileLength: texts made to be read again and again at each place end, and
// end with spans that are inside of the text.
func TestHostileLength(t *testing.T) {
	for _, unit := range []string{"ํา", "กบ้าน", "ตำบลที่", "นายจ้าง", "ลุง", "0", "0000089", "่", "\u200b", "\xff", "อ.1/2", "A@", "นา่แล"} {
		t.Run(fmt.Sprintf("%q", unit), func(t *testing.T) {
			text := strings.Repeat(unit, (16<<10)/len(unit))
			got := redact.Redact(text, []string{"นาแล แลนา", "0000089000005"})
			if n := len(got.Spans); n > 0 && got.Spans[n-1].End > len(text) {
				t.Errorf("%+v", got.Spans[n-1])
			}
		})
	}
}
