package policies

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// TestEveryWordIsThere: every message key that the gate can hand out has words in
// both languages.
func TestEveryWordIsThere(t *testing.T) {
	keys := map[string]bool{}
	rows, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		keys[r.Key()] = true
		if r.Effect == "deny" {
			keys["policy.why."+r.ID] = true
		}
	}
	for _, f := range Fields() {
		keys[f.Key()] = true
		for _, name := range f.Ladder {
			keys[TransformKey(name)] = true
		}
	}
	for _, attr := range []string{"consent", "openness", "k", "scrubbed", "reviewed", "adult"} {
		keys["policy.why.needs_"+attr] = true
	}
	for _, name := range []string{"guard_class_a", "guard_class_b", "guard_unclassified", "guard_not_agreed", "guard_number_inside"} {
		keys["policy.rule."+name], keys["policy.why."+name] = true, true
	}
	literal := regexp.MustCompile(`"(policy\.[a-z_]+\.[a-z_]+)"`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(m[1], "_") {
				keys[m[1]] = true
			}
		}
	}
	for _, lang := range []string{"th", "en"} {
		var words map[string]string
		if _, err := toml.DecodeFile("../web/locale/"+lang+"/policy.toml", &words); err != nil {
			t.Fatal(err)
		}
		for k := range keys {
			if words[k] == "" {
				t.Errorf("%s has no words for %s", lang, k)
			}
			if remedy := remedyOf(k); strings.HasPrefix(k, "policy.why.") && words[remedy] == "" {
				t.Errorf("%s has no words for %s", lang, remedy)
			}
		}
	}
	if len(keys) < 150 {
		t.Errorf("only %d keys were found", len(keys))
	}
}
