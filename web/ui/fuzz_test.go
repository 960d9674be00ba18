package ui_test

import (
	"testing"

	"github.com/saphan-network/saphan/web/locale"
	"github.com/saphan-network/saphan/web/ui"
)

// FuzzReadDate: three controls of a form give a day that exists, or a reason.
func FuzzReadDate(f *testing.F) {
	f.Add("1", "1", "2560")
	f.Add("๓๑", "2", "2560")
	f.Add("", "", "9223372036854775807")
	f.Add("-1", "+1", "0x7f")
	f.Fuzz(func(t *testing.T, day, month, year string) {
		values := map[string]string{"d.day": day, "d.month": month, "d.year": year}
		iso, key := ui.ReadDate(func(name string) string { return values[name] }, "d")
		if iso != "" && key != "" {
			t.Fatalf("%q and %q", iso, key)
		}
		if _, ok := locale.ParseDay(iso); iso != "" && !ok {
			t.Fatalf("%v: %q", values, iso)
		}
	})
}
