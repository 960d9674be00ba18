package discovery

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// ForPeople reports whether an Accept header wants HTML more than JSON of any
// kind. Who says nothing, or takes anything, gets JSON: it is a server.
func ForPeople(headers []string) bool {
	if !slices.ContainsFunc(headers, func(h string) bool { return strings.Contains(strings.ToLower(h), "html") }) {
		return false // what every server says
	}
	html, data := 0.0, 0.0
	for _, one := range strings.Split(strings.Join(headers, ","), ",") {
		name, p, err := mime.ParseMediaType(strings.TrimSpace(one))
		if err != nil {
			continue
		}
		q := 1.0
		if v, ok := p["q"]; ok {
			if q, err = strconv.ParseFloat(v, 64); err != nil {
				q = 0
			}
		}
		switch name {
		case "text/html", "application/xhtml+xml":
			html = max(html, q)
		case "application/activity+json", "application/ld+json", "application/json":
			data = max(data, q)
		}
	}
	return html > data
}
