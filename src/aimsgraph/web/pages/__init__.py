"""The pages a person looks at: made on the server, complete without scripts, with scripts that make them quicker.

`shell` draws what every page has, `labels` holds its words, `files` sends style, scripts and built libraries; every
other module is one page, or one kind of page.
"""
