package ui

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// qrCode is a QR code as SVG, for the few letters of a receipt's code; nothing
// where the text does not fit.
func qrCode(text string) template.HTML {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return ""
	}
	const quiet = 4 // modules of white around it, as readers need
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	side := code.Size + 2*quiet
	// Numbers and letters of our own only: there is nothing to escape.
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" aria-hidden="true" shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="%s"/></svg>`, //nolint:gosec // made of numbers
		side, side, side, side, path.String()))
}
