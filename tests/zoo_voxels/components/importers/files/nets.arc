Written by hand

key	3 1 1 1 0 0 1 1 0 1 0 1 1 0 0 1
id	pcu

key	3 1 2 0 0 0 1 2 1 0 0 1 2 0 1 0 1 2 0 0 1
id	dia
