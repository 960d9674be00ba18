package web

// ErrorPage says what happened, what was kept, and what to do.
type ErrorPage struct {
	Status   int
	TitleKey string
	NextKey  string
	Detail   string // already in the reader's language
	Ref      string // to find the cause in the log
	SignedIn bool
}

// Template is one of the component templates, because every server has it.
func (ErrorPage) Template() string { return "ui/error-page" }
