package locale

import (
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

// message is one message as its file has it: plural forms by name.
func messages(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	names, err := fs.Glob(files, lang+"/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no message files for %s: %v", lang, err)
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := toml.Unmarshal(raw, &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for k, v := range m {
			forms := map[string]string{}
			switch v := v.(type) {
			case string:
				forms["other"] = v
			case map[string]any:
				for form, text := range v {
					s, ok := text.(string)
					if !ok {
						t.Fatalf("%s: %s.%s is not text; write keys flat", name, k, form)
					}
					forms[form] = s
				}
			default:
				t.Fatalf("%s: %s is neither text nor plural forms", name, k)
			}
			out[k] = forms
		}
	}
	return out
}

var argument = regexp.MustCompile(`\{\{\s*\.([a-zA-Z_]+)\s*\}\}`)

func arguments(forms map[string]string) []string {
	seen := map[string]bool{}
	for _, text := range forms {
		for _, m := range argument.FindAllStringSubmatch(text, -1) {
			seen[m[1]] = true
		}
	}
	var out []string
	for a := range seen {
		out = append(out, a)
	}
	sort.Strings(out)
	return out
}

func TestSameFilesKeysAndArguments(t *testing.T) {
	th, en := messages(t, Thai), messages(t, English)
	for k := range th {
		if en[k] == nil {
			t.Errorf("%s has no English", k)
			continue
		}
		if d := cmp.Diff(arguments(th[k]), arguments(en[k])); d != "" {
			t.Errorf("%s: arguments differ between Thai (-) and English (+):\n%s", k, d)
		}
	}
	for k := range en {
		if th[k] == nil {
			t.Errorf("%s has no Thai", k)
		}
	}
	for _, lang := range Langs() {
		for _, other := range Langs() {
			names, _ := fs.Glob(files, lang+"/*.toml")
			for _, n := range names {
				if _, err := fs.Stat(files, other+"/"+path.Base(n)); err != nil {
					t.Errorf("%s has no counterpart in %s", n, other)
				}
			}
		}
	}
}

func TestThaiHasOnePluralForm(t *testing.T) {
	for k, forms := range messages(t, Thai) {
		if len(forms) != 1 || forms["other"] == "" {
			t.Errorf("%s: Thai has the form \"other\" only, got %v", k, forms)
		}
	}
	for k, forms := range messages(t, English) {
		if forms["other"] == "" {
			t.Errorf("%s: English lacks the form \"other\"", k)
		}
	}
}

func TestEachLanguageIsItself(t *testing.T) {
	for k, forms := range messages(t, English) {
		for _, text := range forms {
			if hasThai(text) {
				t.Errorf("%s: Thai letters in the English message %q", k, text)
			}
		}
	}
	for k, forms := range messages(t, Thai) {
		bare := argument.ReplaceAllString(forms["other"], "")
		if strings.IndexFunc(bare, unicode.IsLetter) >= 0 && !hasThai(bare) {
			t.Errorf("%s: the Thai message %q is not Thai", k, forms["other"])
		}
	}
}

func hasThai(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Thai, r) }) >= 0
}

func TestGlossary(t *testing.T) {
	th, en := messages(t, Thai), messages(t, English)
	for _, term := range Glossary() {
		re := regexp.MustCompile(`(?i)\b(` + term.English + `)\b`)
		for k, forms := range en {
			if re.MatchString(forms["other"]) && th[k] != nil && !strings.Contains(th[k]["other"], term.Thai) {
				t.Errorf("%s: %q says %s, the Thai %q does not say %s", k, forms["other"], term.English, th[k]["other"], term.Thai)
			}
		}
	}
	for k, forms := range th {
		for wrong, right := range Wrong() {
			if strings.Contains(forms["other"], wrong) {
				t.Errorf("%s: %s; write %s", k, wrong, right)
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"a key of another area": `"shell.x" = "ก"`,
		"a broken file":         `"home.x" = `,
	} {
		fsys := fstest.MapFS{"th/home.toml": {Data: []byte(file)}, "en/home.toml": {Data: []byte(file)}}
		if _, err := load(fsys); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
}

func TestSay(t *testing.T) {
	fsys := fstest.MapFS{
		"th/a.toml": {Data: []byte("\"a.n\" = { other = \"{{.n}} แถว\" }\n\"a.who\" = \"ถึง {{.to}}\"\n")},
		"en/a.toml": {Data: []byte("\"a.n\" = { one = \"{{.n}} row\", other = \"{{.n}} rows\" }\n\"a.who\" = \"to {{.to}}\"\n")},
	}
	b, err := load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ lang, key, want string }{{"th", "a.n", "1 แถว"}, {"en", "a.n", "1 row"}} {
		if got := b.Speaker(c.lang).Say(c.key, "n", 1); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.lang, c.key, got, c.want)
		}
	}
	if got := b.Speaker("en").Say("a.n", "n", 2); got != "2 rows" {
		t.Errorf("plural: %q", got)
	}
	if got := b.Speaker("th").Say("a.who", "to", "LPN"); got != "ถึง LPN" {
		t.Errorf("argument: %q", got)
	}
	if got := b.Speaker("th").Say("a.none"); got != "a.none" {
		t.Errorf("unknown key: %q", got)
	}
	if got := b.Speaker("de").Lang(); got != Thai {
		t.Errorf("unknown language speaks %q", got)
	}
}

func TestDates(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	th, en := b.Speaker(Thai), b.Speaker(English)
	for _, c := range []struct{ iso, th, long, en string }{
		{"2026-11-25", "พ. 25 พ.ย. 2569", "วันพุธที่ 25 พฤศจิกายน 2569", "Wed 25 Nov 2026"},
		{"1940-02-01", "พฤ. 1 ก.พ. 2482", "วันพฤหัสบดีที่ 1 กุมภาพันธ์ 2482", "Thu 1 Feb 1940"},
		{"1940-04-01", "จ. 1 เม.ย. 2483", "วันจันทร์ที่ 1 เมษายน 2483", "Mon 1 Apr 1940"},
		{"1947", "2490", "พ.ศ. 2490", "1947"},
		{"2009-04", "เม.ย. 2552", "เมษายน 2552", "Apr 2009"},
	} {
		d, ok := ParseDay(c.iso)
		if !ok {
			t.Fatalf("%s does not parse", c.iso)
		}
		if th.Date(d) != c.th || th.LongDate(d) != c.long || en.Date(d) != c.en {
			t.Errorf("%s: %q, %q, %q", c.iso, th.Date(d), th.LongDate(d), en.Date(d))
		}
	}
	for _, bad := range []string{"", "26-11-25", "2026-13", "2026-02-30", "2026-11-25T", "2026-1-2", "สอง"} {
		if _, ok := ParseDay(bad); ok {
			t.Errorf("%q parses", bad)
		}
	}
	if got := th.When(time.Date(2026, 11, 24, 18, 5, 0, 0, time.UTC)); got != "พ. 25 พ.ย. 2569 01.05\u00a0น." {
		t.Errorf("When: %q", got)
	}
}
