@echo off
rem Runs the jensen command from a source tree: builds it first where that has not been done.
rem After changing sources, delete cli\target to have it built again.
setlocal
set "HOME_DIR=%~dp0"
set "BUILT=%HOME_DIR%cli\target"
set "JAVA=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "JAVA=%JAVA_HOME%\bin\java.exe"

"%JAVA%" --list-modules >nul 2>nul
if errorlevel 1 (
    echo jensen: Java 17 or later is needed: install a JDK or set JAVA_HOME 1>&2
    exit /b 1
)
if exist "%BUILT%\built" goto run

where mvn >nul 2>nul
if errorlevel 1 (
    echo jensen: mvn is missing: install Maven, version 3.8 or later, to build from source 1>&2
    exit /b 1
)
echo jensen: building; the first time this downloads its libraries and takes minutes ... 1>&2
pushd "%HOME_DIR%"
call mvn -B -q -ntp -Dmaven.test.skip=true -pl cli -am package 1>&2
if errorlevel 1 (
    popd
    echo jensen: the build failed 1>&2
    exit /b 1
)
popd
echo built>"%BUILT%\built"

:run
set OMP_NUM_THREADS=1
set OPENBLAS_NUM_THREADS=1
for /f "usebackq delims=" %%c in ("%BUILT%\classpath") do set "CLASSPATH=%BUILT%\jensen-cli.jar;%%c"
"%JAVA%" -XX:MaxRAMPercentage=40 -XX:Tier4InvocationThreshold=1000 -Djava.awt.headless=true %JENSEN_JAVA_OPTIONS% jensen.cli.Main %*
exit /b %errorlevel%
