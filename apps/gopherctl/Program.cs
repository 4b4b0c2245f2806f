using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;

using var interrupt = new Interrupt();
return await EntryPoint.RunAsync(args, Terminal.OfProcess(), interrupt);
