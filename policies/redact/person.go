package redact

import "strings"

// number gives each name the number of a person within this document: the same
// number for the same name, whatever its title and tone marks, and for a given name
// alone that stood before with its surname.
func number(text string, spans []Span) {
	whole, given, people := map[string]int{}, map[string]int{}, 0
	for i := range spans {
		if spans[i].Kind != Name {
			continue
		}
		name := strings.TrimSpace(normalise(text[spans[i].Start:spans[i].End]).text)
		if m := formalTitle.FindStringIndex(name); m != nil {
			name = strings.TrimSpace(name[m[1]:])
		}
		key := bones(name)
		first, _, surname := strings.Cut(name, " ")
		n := whole[key]
		if n == 0 && !surname {
			n = given[key]
		}
		if n == 0 {
			people++
			n = people
		}
		spans[i].Person, whole[key] = n, n
		if surname && given[bones(first)] == 0 {
			given[bones(first)] = n
		}
	}
}

func bones(name string) string {
	chars, _, _ := skeleton(name)
	return string(chars)
}
