package printer

// ProbeOver is Probe over any conversation.
var ProbeOver = probe
