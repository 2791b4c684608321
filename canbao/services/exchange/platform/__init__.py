"""全国医保平台: asked in sets, heard every day. What is not answered stays unknown."""
