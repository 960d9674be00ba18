// Package locale holds every word that a person reads: message files in Thai
// (the source language) and English, dates in the Buddhist era, and the glossary
// that keeps one thing called by one name. It knows nothing of pages or HTTP.
package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Thai is the source language and the default one; English is complete.
const (
	Thai    = "th"
	English = "en"
)

//go:embed th/*.toml en/*.toml
var files embed.FS

// Langs returns the languages of the user interface, the default one first.
func Langs() []string { return []string{Thai, English} }

// Known returns lang when the interface speaks it, Thai otherwise.
func Known(lang string) string {
	if lang == English {
		return English
	}
	return Thai
}

// Bundle is the immutable set of all messages in all languages. It is safe for
// concurrent use.
type Bundle struct {
	say map[string]*Speaker
}

// Speaker says messages in one language. It is safe for concurrent use.
type Speaker struct {
	lang string
	loc  *i18n.Localizer
	keys map[string]bool
}

// Load reads the embedded message files. It fails on a file that does not parse,
// on a key outside of its file's area, and on a key that stands in two files.
func Load() (*Bundle, error) { return load(files) }

func load(fsys fs.FS) (*Bundle, error) {
	b := &Bundle{say: map[string]*Speaker{}}
	for _, lang := range Langs() {
		bundle := i18n.NewBundle(language.Make(lang))
		bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
		names, err := fs.Glob(fsys, lang+"/*.toml")
		if err != nil {
			return nil, fmt.Errorf("locale: %w", err)
		}
		keys := map[string]bool{}
		for _, name := range names {
			if err := addFile(bundle, fsys, lang, name, keys); err != nil {
				return nil, err
			}
		}
		b.say[lang] = &Speaker{lang: lang, loc: i18n.NewLocalizer(bundle, lang), keys: keys}
	}
	return b, nil
}

func addFile(bundle *i18n.Bundle, fsys fs.FS, lang, name string, keys map[string]bool) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("locale: %w", err)
	}
	file, err := i18n.ParseMessageFileBytes(raw, path.Base(name)+"."+lang+".toml",
		map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return fmt.Errorf("locale: %s: %w", name, err)
	}
	prefix := Prefix(name)
	for _, m := range file.Messages {
		if !strings.HasPrefix(m.ID, prefix) {
			return fmt.Errorf("locale: %s: key %q does not begin with %q", name, m.ID, prefix)
		}
		if keys[m.ID] {
			return fmt.Errorf("locale: %s: key %q stands in two files", name, m.ID)
		}
		keys[m.ID] = true
	}
	if err := bundle.AddMessages(language.Make(lang), file.Messages...); err != nil {
		return fmt.Errorf("locale: %s: %w", name, err)
	}
	return nil
}

// Prefix is what every key of a message file begins with: the file's name and a
// dot. Only errors.toml is different: its keys are fault keys, "error.…".
func Prefix(file string) string {
	area := strings.TrimSuffix(path.Base(file), ".toml")
	if area == "errors" {
		area = "error"
	}
	return area + "."
}

// Areas returns the first words of all keys, sorted ("account", "error", …).
func (b *Bundle) Areas() []string {
	seen := map[string]bool{}
	for k := range b.say[Thai].keys {
		seen[k[:strings.IndexByte(k, '.')]] = true
	}
	var out []string
	for a := range seen {
		out = append(out, a)
	}
	sort.Strings(out)
	return out
}

// Speaker returns the speaker of a language, the Thai one for an unknown language.
func (b *Bundle) Speaker(lang string) *Speaker { return b.say[Known(lang)] }

// Lang is the language spoken.
func (s *Speaker) Lang() string { return s.lang }

// Has reports whether the language has the key.
func (s *Speaker) Has(key string) bool { return s.keys[key] }

// Keys returns all keys of the language, sorted.
func (s *Speaker) Keys() []string {
	out := make([]string, 0, len(s.keys))
	for k := range s.keys {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Say returns the message of a key with args (name, value, name, value, …) filled
// in. An integer argument named "n" also chooses the plural form. A key that does
// not exist is returned as it is, so that a page never fails for a word.
func (s *Speaker) Say(key string, args ...any) string {
	if key == "" {
		return ""
	}
	cfg := &i18n.LocalizeConfig{MessageID: key}
	if len(args) > 1 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			name := fmt.Sprint(args[i])
			data[name] = args[i+1]
			if name == "n" {
				switch args[i+1].(type) {
				case int, int64:
					cfg.PluralCount = args[i+1]
				}
			}
		}
		cfg.TemplateData = data
	}
	text, err := s.loc.Localize(cfg)
	if err != nil && text == "" {
		return key
	}
	return text
}
