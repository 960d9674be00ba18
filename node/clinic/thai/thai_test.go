package thai_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/saphan-network/saphan/node/clinic/thai"
)

func TestFoldKeepsDifferentWordsApart(t *testing.T) {
	for _, pair := range [][2]string{{"กา", "กำ"}, {"แม", "เม"}, {"นาแฮ", "นาแอ"}, {"มาลี", "มาลัย"}, {"1", "๒"}, {"ก ข", "กข"}} {
		if a, b := thai.Fold(pair[0]), thai.Fold(pair[1]); a == b {
			t.Errorf("%q and %q both fold to %q", pair[0], pair[1], a)
		}
	}
}

func TestFoldBringsSpellingsTogether(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"เเม่สาย", "แม่สาย"},
		{"กํา", "กำ"},
		{"น้ํา", "น้ำ"},
		{"นํ้า", "น้ำ"},
		{"เครือข่าย", "เครือขาย"},
		{"จันทร์", "จันทร"},
		{"๒๕๖๘", "2568"},
		{"อา\u200bข่า", "อาข่า"},
		{"\ufeffแสง  ดาว ", "แสง ดาว"},
		{"ก\u00a0ข", "ก ข"},
		{"Naw PAW", "naw paw"},
		{"เก็บ", "เกบ"},
	} {
		if thai.Fold(c.a) != thai.Fold(c.b) {
			t.Errorf("%q folds to %q, %q to %q", c.a, thai.Fold(c.a), c.b, thai.Fold(c.b))
		}
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	letters := []rune("กขคงนมสหอเแโใไาำิีึืุู่้๊๋็์ํๅฯๆ๑๒ abZ\u200b\u00a0\ufeff-")
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.SampledFrom(letters)).Draw(t, "s"))
		once := thai.Fold(s)
		if twice := thai.Fold(once); twice != once {
			t.Fatalf("%q folds to %q, that to %q", s, once, twice)
		}
	})
}

func TestMaskTellsNeitherNameNorLength(t *testing.T) {
	for _, c := range []struct{ in, want string }{{"", ""}, {"นาแฮ", "น•••"}, {"เสาวลักษณ์", "เส•••"}, {"แอ", "แอ•••"}, {"ก้องภพ", "ก้•••"}, {"Paw", "P•••"}} {
		if got := thai.Mask(c.in); got != c.want {
			t.Errorf("Mask(%q) is %q, want %q", c.in, got, c.want)
		}
	}
	if thai.Mask("สม") != thai.Mask("สมชายชาญวิทยา") {
		t.Error("the length shows")
	}
}

func TestTitlesAndDigits(t *testing.T) {
	if title, rest := thai.CutTitle("นาย"); title != "" || rest != "นาย" {
		t.Errorf("a title alone is a name, got %q %q", title, rest)
	}
	if title, rest := thai.CutTitle("น.ส. มือเอ"); title != "น.ส." || rest != "มือเอ" {
		t.Errorf("got %q %q", title, rest)
	}
	if _, only := thai.Digits("12 ก"); only {
		t.Error("letters taken for digits")
	}
	if d, only := thai.Digits("๐-0000-89000-00-5"); !only || d != "0000089000005" {
		t.Errorf("got %q %v", d, only)
	}
	if !strings.HasPrefix("นาย"+thai.TitleGap("นาย")+"ก", "นายก") || thai.TitleGap("ด.ช.") != " " {
		t.Error("gap")
	}
}
