using GopherMesh.Requester;
using GopherMesh.Service;

return await ServiceProgram.RunAsync(RequesterApp.Name, args, RequesterApp.Build);
