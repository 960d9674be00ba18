package publicface

import (
	"time"

	"github.com/saphan-network/saphan/federation/flood"
)

// bounds are those of what strangers can make this server fetch.
var bounds = flood.FetchBounds{AtOnce: 4, EachMinute: 60, EachOrigin: 10, Span: 10 * time.Minute, Remembered: 2000, Busy: "error.public.busy"}
