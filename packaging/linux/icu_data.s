/* A table of contents of ICU data with nothing in it, as ICU's own programs are built with before there are data. */
/* NAME is icudt and ICU's version and _dat. The layout: header and UDataInfo of ICU's udata.h, then the number of entries. */
    .section .rodata, "a"
    .balign 16
    .globl NAME
    .type NAME, %object
NAME:
    .2byte 32                   /* size of the header */
    .byte 0xda, 0x27            /* that it is one */
    .2byte 20, 0                /* size of what follows up to the data's version */
    .byte 0, 0, 2, 0            /* least byte first, ASCII, two bytes a character */
    .ascii "ToCP"               /* a table of contents with pointers */
    .byte 1, 0, 0, 0
    .byte 0, 0, 0, 0
    .zero 8
    .4byte 0, 0                 /* no entries */
    .size NAME, . - NAME
    .section .note.GNU-stack, "", %progbits
