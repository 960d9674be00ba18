// Package vocabulary holds the closed lists of codes that members share, each
// code with its Thai and English label and, where a list has coarser values,
// its parent. The lists are data (data/*.json, rows of code, Thai, English,
// parent); what they mean for the network is decided by its members, so a code
// is never renamed or reused.
package vocabulary

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"sync"
)

//go:embed data/*.json
var data embed.FS

// entry is one code of a list.
type entry struct{ code, th, en, parent string }

// list keeps the order of its file, which is the order for choosing from.
type list struct {
	entries []entry
	index   map[string]int
}

var lists = sync.OnceValue(func() map[string]list {
	all, err := load(data)
	if err != nil {
		panic("vocabulary: the embedded lists are broken: " + err.Error()) // a test reads the same files
	}
	return all
})

// load reads every file below data/ and refuses short rows, unnamed codes and
// codes or lists that occur twice.
func load(files fs.FS) (map[string]list, error) {
	names, err := fs.Glob(files, "data/*.json")
	if err != nil {
		return nil, err
	}
	all := make(map[string]list)
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var file map[string][][]string
		if err := json.Unmarshal(raw, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, rows := range file {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("%s: list %s occurs twice", name, key)
			}
			l, err := parse(rows)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, key, err)
			}
			all[key] = l
		}
	}
	return all, nil
}

func parse(rows [][]string) (list, error) {
	l := list{index: make(map[string]int, len(rows))}
	for i, row := range rows {
		if len(row) < 3 || len(row) > 4 || row[0] == "" {
			return list{}, fmt.Errorf("row %d is not code, Thai, English and perhaps parent", i+1)
		}
		e := entry{code: row[0], th: row[1], en: row[2]}
		if len(row) == 4 {
			e.parent = row[3]
		}
		if _, twice := l.index[e.code]; twice {
			return list{}, fmt.Errorf("code %s occurs twice", e.code)
		}
		l.index[e.code] = i
		l.entries = append(l.entries, e)
	}
	return l, nil
}

func find(name, code string) (entry, bool) {
	l, ok := lists()[name]
	if !ok {
		return entry{}, false
	}
	i, ok := l.index[code]
	if !ok {
		return entry{}, false
	}
	return l.entries[i], true
}

// Lists returns the names of all lists, sorted.
func Lists() []string {
	names := make([]string, 0, len(lists()))
	for name := range lists() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Codes returns the codes of a list in the order in which people should be
// offered them, or nil for a list that does not exist.
func Codes(list string) []string {
	l, ok := lists()[list]
	if !ok {
		return nil
	}
	codes := make([]string, len(l.entries))
	for i, e := range l.entries {
		codes[i] = e.code
	}
	return codes
}

// Has reports whether code belongs to the list.
func Has(list, code string) bool {
	_, ok := find(list, code)
	return ok
}

// Label returns the label of a code in a language ("th" or "en"; any other is
// taken as Thai). An unknown code is returned as it is, so that a newer
// member's code stays visible.
func Label(list, code, lang string) string {
	e, ok := find(list, code)
	if !ok {
		return code
	}
	if lang == "en" {
		return e.en
	}
	return e.th
}

// Parent returns the coarser value of a code, or "" if it has none. The parent
// of a status is a code of status_family, of a status_family one of status_top,
// of a province one of region; all others stay within their own list.
func Parent(list, code string) string {
	e, _ := find(list, code)
	return e.parent
}

// ParentList returns the list in which the parents of a list's codes stand.
func ParentList(list string) string {
	switch list {
	case "status":
		return "status_family"
	case "status_family":
		return "status_top"
	case "province":
		return "region"
	}
	return list
}
