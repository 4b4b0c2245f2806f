using GopherMesh.Infra;

return await Pulumi.Deployment.RunAsync(GopherMeshStack.Declare);
