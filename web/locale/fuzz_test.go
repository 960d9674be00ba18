package locale_test

import (
	"testing"
	"time"

	"github.com/saphan-network/saphan/web/locale"
)

// FuzzParseDay: what is read as a day is one, and can be said in both languages.
func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2026", "2026-11", "2026-11-25", "2026-02-30", "+026-01-01", "0001-01-01", "2026-00-00", "9999-12-31", "2026-1-1"} {
		f.Add(s)
	}
	words, err := locale.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := locale.ParseDay(s)
		if !ok {
			return
		}
		for _, lang := range locale.Langs() {
			say := words.Speaker(lang)
			if say.Date(d) == "" || say.LongDate(d) == "" {
				t.Fatalf("%q is not said in %s", s, lang)
			}
		}
		layout := []string{"2006", "2006-01", time.DateOnly}[(len(s)-4)/3]
		if at, err := time.Parse(layout, s); err != nil || at.Year() != d.Year {
			t.Fatalf("%q is read as %v: %v", s, d, err)
		}
	})
}
