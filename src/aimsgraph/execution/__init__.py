"""The execution room: where texts that strangers wrote are run.

An engine in this process cannot be stopped, and a short query can end the process it runs in. So no SPARQL of a
stranger is parsed or evaluated in a process that must live on. A *template* process opens the store and forks
*workers*; each worker runs one query at a time, without network, without new files, within its memory; the *room*
talks to them and ends them for certain when the deadline passes. Writes go through one *writer* process.

```text
server ── room ──(socket)── template ──fork──▶ worker, worker, …      reads
            └────(socket)── writer                                    updates, graph writes, one at a time
```
"""
