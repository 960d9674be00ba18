package register_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
)

var isoDate = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)

// FuzzRead: whatever stands in a register, reading it comes to a decision about
// each row, and what is imported has dates that are dates.
func FuzzRead(f *testing.F) {
	raw, err := os.ReadFile("testdata/labour-2567.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw[:min(len(raw), 1500)])
	f.Add([]byte("เลขที่,วันที่รับเรื่อง,ชื่อ-สกุล,วันเกิด,เลขประจำตัว\n1,13/8/67,นาย ก ข,๒๕๓๐,0-0000-89000-00-5\n2,31/2/2567,=1+1,อายุ 200,x"))
	f.Add([]byte("ชื่อ;วันที่\n\"a\nb\";99/99/9999\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := sheet.DecodeBytes(raw)
		if err != nil {
			return
		}
		p, err := register.Read(b, register.Options{Today: today()})
		if err != nil {
			return
		}
		for _, r := range p.Records {
			if !slices.Contains([]string{register.Import, register.Queue, register.Refuse}, r.Do) || (r.Do != register.Import && len(r.Why) == 0) {
				t.Fatalf("row %d: %q because of %q", r.Row, r.Do, r.Why)
			}
		}
	})
}

// FuzzDates: a date as people write it is a real day, month or year, or a reason.
func FuzzDates(f *testing.F) {
	for _, s := range []string{"13/8/67", "๑๓ ส.ค. ๒๕๖๗", "2567-08-13", "ต้นเดือน ม.ค. 66", "30/2/2560", "อายุ 7 ปี", "พ.ศ. 2530", "1/1/1", "0/0/0000", "29 ก.พ. 2567", "12.13.2500-1/1/2500"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		when, birth := register.DatesOf(s, today())
		for _, w := range []register.When{when, birth.When} {
			if w.Value != "" && (!isoDate.MatchString(w.Value) || w.Code != "" || w.Value > today().Format("2006-01-02")) {
				t.Fatalf("%q: %+v", s, w)
			}
		}
		if birth.Age < 0 || birth.Age > 130 {
			t.Fatalf("%q: %d years", s, birth.Age)
		}
	})
}
