using System.Diagnostics;

// Kills (SIGKILL) the other .NET process that it sees. The gophers' images have neither a shell nor kill.
Process.GetProcessesByName("dotnet").Single(process => process.Id != Environment.ProcessId).Kill();
