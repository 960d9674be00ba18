package fields

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Text writes the value of a member without its name, in the one form that RFC
// 8941 §4.1 gives it. Strings must be printable ASCII, as those read here are.
func (m Member) Text() string {
	var out strings.Builder
	if !m.Inner {
		bare(&out, m.Value)
		params(&out, m.Params)
		return out.String()
	}
	out.WriteByte('(')
	for i, it := range m.Items {
		if i > 0 {
			out.WriteByte(' ')
		}
		bare(&out, it.Value)
		params(&out, it.Params)
	}
	out.WriteByte(')')
	params(&out, m.Params)
	return out.String()
}

func params(out *strings.Builder, list Params) {
	for _, p := range list {
		out.WriteByte(';')
		out.WriteString(p.Name)
		if p.Value == true {
			continue
		}
		out.WriteByte('=')
		bare(out, p.Value)
	}
}

func bare(out *strings.Builder, value any) {
	switch v := value.(type) {
	case int64:
		out.WriteString(strconv.FormatInt(v, 10))
	case string:
		out.WriteByte('"')
		out.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v))
		out.WriteByte('"')
	case Token:
		out.WriteString(string(v))
	case []byte:
		out.WriteByte(':')
		out.WriteString(base64.StdEncoding.EncodeToString(v))
		out.WriteByte(':')
	case bool:
		out.WriteString(map[bool]string{true: "?1", false: "?0"}[v])
	}
}
