package disclose

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/vocabulary"
)

// code: codes of the named vocabularies, as they are, in a fixed order. One word
// that is in none of them and nothing of the field leaves.
func code(raw []string, s Setting) ([]string, error) {
	for _, c := range raw {
		if !slices.ContainsFunc(s.Lists, func(list string) bool { return has(list, c) }) {
			return nil, ErrUnknown
		}
	}
	out := slices.Clone(raw)
	slices.Sort(out)
	return slices.Compact(out), nil
}

// hour: an instant to its hour, UTC.
func hour(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil {
		return nil, err
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		return nil, ErrUnknown
	}
	return []string{t.UTC().Truncate(time.Hour).Format(time.RFC3339)}, nil
}

// day: a calendar day that lies ahead or not more than a month back: a deadline
// between organisations, never a birth date.
func day(raw []string, s Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil {
		return nil, err
	}
	t, err := time.Parse(time.DateOnly, v)
	if err != nil || t.Before(s.Now.AddDate(0, -1, 0)) || t.After(s.Now.AddDate(3, 0, 0)) {
		return nil, ErrUnknown
	}
	return []string{v}, nil
}

// phrase: controlled sentences, written code or code;slot=value;slot=value
// (slots in alphabetical order). Slots take codes only.
func phrase(raw []string, _ Setting) ([]string, error) {
	for _, p := range raw {
		parts := strings.Split(p, ";")
		if !vocabulary.Has("phrase", parts[0]) || len(parts) > 5 {
			return nil, ErrUnknown
		}
		last := ""
		for _, slot := range parts[1:] {
			name, value, ok := strings.Cut(slot, "=")
			if !ok || name <= last || !slotName.MatchString(name) || !slotCode(name, value) {
				return nil, ErrUnknown
			}
			last = name
		}
	}
	return slices.Clone(raw), nil
}

var (
	slotName  = regexp.MustCompile(`^[a-zA-Z_]{1,24}$`)
	slotValue = regexp.MustCompile(`^[a-z0-9_+<>-]{1,32}$`)
	longRun   = regexp.MustCompile(`[0-9]{4}`)
	sha       = regexp.MustCompile(`^SHA-256=[A-Za-z0-9+/]{43}=$`)
	keyName   = regexp.MustCompile(`^(main-key|(key|ed)-[a-p]{16})$`) // the first key's, federation.KeyName and AssertionName
	moment    = regexp.MustCompile(`^[0-9TZ:.+-]{10,35}$`)
	number    = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)
	wordy     = regexp.MustCompile(`^[a-zA-Z0-9]{1,8}-[0-9]{1,4}$`)
)

func slotCode(name, value string) bool {
	if vocabulary.Has(name, value) {
		return true
	}
	return slotValue.MatchString(value) && !longRun.MatchString(value)
}

func digest(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil || !sha.MatchString(v) {
		return nil, ErrUnknown
	}
	return []string{v}, nil
}

// iri: addresses of organisations and their documents, without query or fragment
// other than a key's.
func iri(raw []string, _ Setting) ([]string, error) {
	for _, v := range raw {
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || len(v) > 512 ||
			(u.Scheme != "https" && u.Scheme != "http") || (u.Fragment != "" && !keyName.MatchString(u.Fragment)) {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}

// publicText: what an organisation publishes about itself (its name, its key).
func publicText(raw []string, _ Setting) ([]string, error) {
	for _, v := range raw {
		if len(v) > 4096 || !utf8.ValidString(v) {
			return nil, ErrUnknown
		}
		for _, r := range v {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				return nil, ErrUnknown
			}
		}
	}
	return slices.Clone(raw), nil
}

// version: a serial number, an instant, or a version name such as th-3.
func version(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil {
		return nil, err
	}
	if number.MatchString(v) || wordy.MatchString(v) {
		return []string{v}, nil
	}
	if _, err := time.Parse(time.RFC3339, v); err == nil && moment.MatchString(v) {
		return []string{v}, nil
	}
	return nil, ErrUnknown
}

// has knows the few words of the protocol itself beside the vocabularies.
func has(list, code string) bool {
	if list == "protocol_reason" {
		return code == "illegal_transition" || code == "expired"
	}
	return vocabulary.Has(list, code)
}

// sex: a code, named apart from other codes because it counts towards telling a
// person from others.
func sex(raw []string, _ Setting) ([]string, error) {
	return code(raw, Setting{Lists: []string{"sex"}})
}

// scope: the one thing that a stage-1 consent covers.
func scope(raw []string, _ Setting) ([]string, error) {
	if v, err := one(raw); err != nil || v != "anonymous_offer" {
		return nil, ErrUnknown
	}
	return raw, nil
}

// permission carries nothing: it stands for the message as a whole.
func permission([]string, Setting) ([]string, error) { return []string{"yes"}, nil }

// Phrase writes a controlled sentence as phrase/1 reads it.
func Phrase(code string, slots map[string]string) string {
	names := make([]string, 0, len(slots))
	for n := range slots {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString(code)
	for _, n := range names {
		b.WriteString(";" + n + "=" + slots[n])
	}
	return b.String()
}

// ParsePhrase is the opposite of Phrase, for a value that phrase/1 released.
func ParsePhrase(s string) (code string, slots map[string]string) {
	parts := strings.Split(s, ";")
	for _, p := range parts[1:] {
		if slots == nil {
			slots = map[string]string{}
		}
		name, value, _ := strings.Cut(p, "=")
		slots[name] = value
	}
	return parts[0], slots
}

// sealed: the words as they are, for nobody but who can open them.
func sealed(raw []string, _ Setting) ([]string, error) {
	for _, v := range raw {
		if len(v) > 4096 || !utf8.ValidString(v) {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}
