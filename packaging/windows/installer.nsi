; Refrain's installer for Windows: for one user, without an administrator. windows.py runs makensis on it, on Linux as on
; Windows, with: TREE (what is installed), FILES (files.nsh beside this build, made from the tree), OUT, VERSION, NUMBERS
; (VERSION as four numbers), MEGABYTES (of the tree), LIBRARY (python312), ICON; SIGN, a command, where it is to be signed; and
; QUICK, where it is only tried: it is packed loosely, in a tenth of the time.
;
; Silent: refrain-….exe /S [/D=C:\folder without quotes, the last word], uninstall.exe /S. Exit codes: 0 done, 2 not done,
; with a sentence on standard output; 1 left by the user.

Target amd64-unicode
Unicode true
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
!ifdef QUICK
    SetCompressor zlib
!else
    SetCompressor /SOLID lzma
    SetCompressorDictSize 32
!endif
CRCCheck force

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "x64.nsh"
!include "${FILES}"

Name "Refrain"
OutFile "${OUT}"
BrandingText "Refrain ${VERSION}"
InstallDir "$LOCALAPPDATA\Programs\Refrain"
InstallDirRegKey HKCU "Software\Refrain" "InstallDir"
AllowSkipFiles off
FileErrorText "$\"$0$\" cannot be written. Is the disk full, or is Refrain still open?$\r$\n$\r$\nRetry, or Cancel to stop."

VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "Refrain"
VIAddVersionKey "FileDescription" "Installs Refrain"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "CompanyName" "Refrain"
VIAddVersionKey "LegalCopyright" "See LICENSE"

!ifdef SIGN
    !finalize '${SIGN} "%1"' = 0
    !uninstfinalize '${SIGN} "%1"' = 0
!endif

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Refrain"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"
!define STAYS "Your sessions, settings and models stay where they are, in $LOCALAPPDATA\refrain."

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_DIRECTORYPAGE_TEXT_TOP "Refrain is installed for you alone; no administrator is needed. An older version in this folder is replaced. ${STAYS}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\RefrainWindow.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Start Refrain"
!define MUI_UNCONFIRMPAGE_TEXT_TOP "${STAYS}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Says why nothing is done, in a window or, if it is silent, on standard output, and stops.
!macro Stop sentence
    ${If} ${Silent}
        System::Call 'kernel32::AttachConsole(i -1)'
        System::Call 'kernel32::GetStdHandle(i -11)p.r9'
        FileWrite $9 "${sentence}$\r$\n"
    ${Else}
        MessageBox MB_OK|MB_ICONSTOP "${sentence}"
    ${EndIf}
    SetErrorLevel 2
    Abort "${sentence}"
!macroend
!define Stop "!insertmacro Stop"

; A library that a program uses cannot be opened for writing.
!macro StopIfOpen
    ${Do}
        ClearErrors
        ${IfNot} ${FileExists} "$INSTDIR\${LIBRARY}.dll"
            ${Break}
        ${EndIf}
        FileOpen $0 "$INSTDIR\${LIBRARY}.dll" a
        ${IfNot} ${Errors}
            FileClose $0
            ${Break}
        ${EndIf}
        ${If} ${Silent}
        ${OrIf} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Refrain is open. Close it, also where it works in a terminal, then choose Retry." IDCANCEL`
            ${Stop} "Refrain is open, so nothing was changed. Close it, also where it works in a terminal, and try again."
        ${EndIf}
    ${Loop}
!macroend

Function .onInit
    SetRegView 64
    ${IfNot} ${RunningX64}
    ${OrIfNot} ${AtLeastWin10}
        ${Stop} "Refrain needs a 64-bit Windows 10 (1809) or later."
    ${EndIf}
FunctionEnd

Function un.onInit
    SetRegView 64
FunctionEnd

; Somebody else's files are never mixed with ours, nor removed with them.
Function StopIfForeign
    ReadRegStr $0 HKCU "Software\Refrain" "InstallDir"
    ${If} ${FileExists} "$INSTDIR\refrain-install.json"
    ${OrIf} $0 == $INSTDIR
        Return
    ${EndIf}
    FindFirst $0 $1 "$INSTDIR\*.*"
    ${DoWhile} $1 != ""
        ${If} $1 != "."
        ${AndIf} $1 != ".."
            FindClose $0
            ${Stop} "$INSTDIR holds other files. Choose an empty folder for Refrain."
        ${EndIf}
        FindNext $0 $1
    ${Loop}
    FindClose $0
FunctionEnd

Function StopIfFull
    ${GetRoot} "$INSTDIR" $0
    System::Call 'kernel32::GetDiskFreeSpaceExW(w "$0\", *l .r1, *l, *l) i .r2'
    ${If} $2 = 0 ; not to be found out
        Return
    ${EndIf}
    System::Int64Op $1 / 1048576
    Pop $1
    IntOp $2 ${MEGABYTES} + 150 ; byte code
    System::Int64Op $1 < $2
    Pop $3
    ${If} $3 = 1
        ${Stop} "$0 has $1 MB left, and Refrain takes $2 MB. Make room, or choose another disk."
    ${EndIf}
FunctionEnd

Section "Refrain"
    Call StopIfForeign
    !insertmacro StopIfOpen
    Call StopIfFull

    ${If} ${FileExists} "$INSTDIR\uninstall.exe"
        DetailPrint "Removing the older version"
        ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR'
    ${EndIf}
    RMDir /r "$INSTDIR\Lib" ; of one that was cut off

    SetOutPath "$INSTDIR"
    ClearErrors
    FileOpen $0 "$INSTDIR\refrain-install.json" w
    ${If} ${Errors}
        ${Stop} "Nothing can be written into $INSTDIR. Choose another folder."
    ${EndIf}
    FileClose $0
    WriteRegStr HKCU "Software\Refrain" "InstallDir" "$INSTDIR"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Refrain"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Refrain"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\RefrainWindow.exe"
    WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
    SectionGetSize 0 $0
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0

    ClearErrors
    File /r "${TREE}/*"
    ${If} ${Errors} ; silent: nobody was asked
        ${Stop} "Not every file could be written into $INSTDIR. Make room on the disk, and install again."
    ${EndIf}

    DetailPrint "Preparing the program for quick starts"
    nsExec::Exec '"$INSTDIR\python.exe" -I -m compileall -q -j 0 --invalidation-mode unchecked-hash "$INSTDIR\Lib"'
    Pop $0 ; without byte code it starts as well

    SetOutPath "$PROFILE" ; where it starts
    CreateShortCut "$SMPROGRAMS\Refrain.lnk" "$INSTDIR\RefrainWindow.exe" "" "" "" "" "" "Talk to a spoken language model on this machine"
    WriteRegStr HKCU "${APP_PATHS}\refrain.exe" "" "$INSTDIR\refrain.exe"
    WriteRegStr HKCU "Software\Classes\.refrain" "" "Refrain.Session"
    WriteRegStr HKCU "Software\Classes\Refrain.Session" "" "Refrain session"
    WriteRegStr HKCU "Software\Classes\Refrain.Session\DefaultIcon" "" "$INSTDIR\RefrainWindow.exe"
    WriteRegStr HKCU "Software\Classes\Refrain.Session\shell\open\command" "" '"$INSTDIR\RefrainWindow.exe" "%1"'
    ${RefreshShellIcons}
SectionEnd

Section "Uninstall"
    !insertmacro StopIfOpen
    SetOutPath "$TEMP" ; a folder in use cannot be removed
    !insertmacro RemoveFiles
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR" ; what somebody else put there stays
    Delete "$SMPROGRAMS\Refrain.lnk"
    DeleteRegKey HKCU "${UNINSTALL}"
    DeleteRegKey HKCU "${APP_PATHS}\refrain.exe"
    ReadRegStr $0 HKCU "Software\Classes\.refrain" ""
    ${If} $0 == "Refrain.Session"
        DeleteRegKey HKCU "Software\Classes\.refrain"
    ${EndIf}
    DeleteRegKey HKCU "Software\Classes\Refrain.Session"
    DeleteRegKey HKCU "Software\Refrain"
    ${RefreshShellIcons}
SectionEnd
