package sign

import (
	"net/http"
	"strings"
)

// base builds the text that is signed (RFC 9421 §2.5) from a request, the names
// of the components and the value of @signature-params.
func base(req *http.Request, scheme string, covers []string, line string) ([]byte, error) {
	var out strings.Builder
	for _, name := range covers {
		value, ok := component(req, scheme, name)
		if !ok || strings.ContainsAny(value, "\r\n") {
			return nil, refuse("component_absent")
		}
		out.WriteString(`"` + name + `": ` + value + "\n")
	}
	out.WriteString(`"@signature-params": ` + line)
	return []byte(out.String()), nil
}

// component returns the value of one component.
func component(req *http.Request, scheme, name string) (string, bool) {
	u := req.URL
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	query := "?" + u.RawQuery
	target := path
	if u.RawQuery != "" || u.ForceQuery {
		target += query
	}
	switch name {
	case "@method":
		if req.Method == "" {
			return http.MethodGet, true
		}
		return req.Method, true
	case "@authority":
		return authority(req, scheme), true
	case "@scheme":
		return scheme, true
	case "@target-uri":
		return scheme + "://" + authority(req, scheme) + target, true
	case "@request-target":
		return target, true
	case "@path":
		return path, true
	case "@query":
		return query, true
	case "host": // net/http keeps it apart
		return hostOf(req), true
	}
	lines := req.Header.Values(name)
	if len(lines) == 0 || name[0] == '@' {
		return "", false
	}
	trimmed := make([]string, len(lines))
	for i, l := range lines {
		trimmed[i] = strings.Trim(l, " \t")
	}
	return strings.Join(trimmed, ", "), true
}

func hostOf(req *http.Request) string {
	if req.Host != "" {
		return req.Host
	}
	return req.URL.Host
}

// authority is the host in lower case, without the port that its scheme implies.
func authority(req *http.Request, scheme string) string {
	host := strings.ToLower(hostOf(req))
	return strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[scheme])
}
