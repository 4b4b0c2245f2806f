using GopherMesh.Distributor;
using GopherMesh.Service;

return await ServiceProgram.RunAsync(DistributorApp.Name, args, DistributorApp.Build);
