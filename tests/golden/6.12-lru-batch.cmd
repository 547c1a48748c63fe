offblock memory2
offblock -j memory2
offblock pfn:0x11200
offblock -j page:00000000deadbeef refcount:1 mapcount:0 index:0x0 pfn:0x111ff
